"""Fields of a profile as people fill them in, and the names of sources: on values."""

from datetime import date

import pytest

from kb.contract import Source
from kb.declare import profile_fields
from kb.declare.declarations import Declarations
from kb.declare.sources import REGISTERED, Sources
from kb.errors import Refused, Unknown
from kb.home import Home, shipped

DECLARED = Declarations.of(Home(shipped("offer.toml").parent))
TODAY = date(2026, 11, 22)


def checked_fields(values: dict[str, str]) -> dict[str, str | date | None]:
    return profile_fields.checked_fields(DECLARED, values, today=TODAY)


def test_what_follows_from_a_field_comes_with_it() -> None:
    checked = checked_fields({"url": "https://www.a.example/one/", "organisation": "CQC"})
    assert checked["address"] == "https://a.example/one"
    assert checked["organisation"] == "Care Quality Commission"
    assert checked["organisation_kind"] == DECLARED.bodies.find("CQC").kind  # type: ignore[union-attr]


def test_an_empty_value_is_unknown_and_a_title_cannot_be() -> None:
    checked = checked_fields({"url": " ", "started": "", "summary": " "})
    assert checked_fields({"status_seen": "2026-11-22"}) == {"status_seen": TODAY}
    assert checked == {"url": None, "started": None, "summary": "", "address": None}
    with pytest.raises(Refused, match="title cannot be unknown"):
        checked_fields({"title": "  "})


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("url", "a.example", Refused),
        ("url", "https://ana:secret@a.example/", Refused),
        ("url", "ftp://a.example/", Refused),
        ("url_is", "owners", Unknown),
        ("started", "March 2024", Refused),
        ("started", "2024-13", Refused),
        ("status_seen", "yesterday", Refused),
        ("status_seen", "2026-11-23", Refused),
        ("organisation_kind", "charitable", Unknown),
    ],
)
def test_what_a_field_cannot_hold_is_refused(
    field: str, value: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        checked_fields({field: value})


def source(name: str, was: str = "") -> Source:
    return Source.model_validate(
        {"name": name, "organisation": "A", "shape": "by-hand", "was": was}
    )


def test_a_source_is_found_by_its_former_name_and_a_stranger_brings_the_nearest() -> None:
    sources = Sources(source=(source("a-body", was="body-a"), source("other")))
    assert sources.get("body-a").name == "a-body"
    with pytest.raises(Unknown) as refused:
        sources.get("a-bodi")
    assert "a-body" in refused.value.hint


@pytest.mark.parametrize("names", [("one", "one"), (REGISTERED,)])
def test_a_name_is_given_once_and_one_is_kept(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=names[0]):
        Sources(source=tuple(source(name) for name in names))
