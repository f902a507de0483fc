"""What ships loads, agrees with itself, and what is wrong is named by file, place and field."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import kb
from kb.declare.boards import audiences
from kb.declare.bodies import Bodies, folded
from kb.declare.codebook import CodeBook
from kb.declare.declarations import Declarations
from kb.declare.files import parse_rows, parse_toml
from kb.declare.offer import Offer
from kb.declare.register import RegisterRow, slug_of
from kb.errors import Declared, Refused, Unknown
from kb.home import DECLARATIONS, Home, shipped

DATA = shipped("offer.toml").parent


@pytest.fixture(scope="module")
def declarations() -> Declarations:
    return Declarations.of(Home(DATA))


@pytest.fixture(scope="module")
def rows(declarations: Declarations) -> list[RegisterRow]:
    text = shipped("register.jsonl").read_text()
    rows = parse_rows(text, RegisterRow, name="register.jsonl", check=lambda row: [])
    return [row for _, row in rows]


def test_every_shipped_declaration_loads(declarations: Declarations) -> None:
    declarations.check()
    assert len(declarations.offer.strand) == 10
    assert len(declarations.sources.source) >= 20


def test_the_register_agrees_with_code_book_offer_and_bodies(
    declarations: Declarations, rows: list[RegisterRow]
) -> None:
    assert len(rows) == 207
    faults = [f for row in rows for f in row.against(declarations.book, declarations.offer)]
    assert faults == []
    undeclared = {
        row.organisation for row in rows if not declarations.bodies.find(row.organisation)
    }
    assert undeclared == set()
    own = {row.slug for row in rows if row.own}
    ours = {r.slug for r in rows if declarations.bodies.name(r.organisation) in declarations.ours}
    assert own == ours
    assert len(own) == 9


def test_every_body_of_a_source_is_declared(declarations: Declarations) -> None:
    sources = declarations.sources.source
    assert [s.name for s in sources if declarations.bodies.find(s.organisation) is None] == []


def test_the_many_spellings_of_nhs_england_are_one_body(declarations: Declarations) -> None:
    spellings = (
        "NHS England",
        "nhs england",
        "NHSE",
        "NHS England and NHS Improvement",
        "NHS England (Chief Allied Health Professions Officer)",
    )
    assert {declarations.bodies.name(spelling) for spelling in spellings} == {"NHS England"}
    assert "NHS England London" in declarations.bodies.with_parts("NHSE")
    assert "NHS England" not in declarations.bodies.with_parts("NHS England London")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The King's Fund", "king’s fund"),
        ("Berkshire Healthcare NHS FT", "Berkshire Healthcare NHS Foundation Trust"),
        ("BRAP", "brap"),
    ],
)
def test_spellings_that_differ_in_nothing_real_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_region_lies_in_those_around_it(declarations: Declarations) -> None:
    assert declarations.book.around("London") == ["London", "England", "UK"]
    assert declarations.book.around("wales") == ["Wales", "UK"]


def test_boards_are_everyone_who_sits_on_one() -> None:
    assert audiences(["boards"]) >= {"chairs", "chief-executives", "executives", "non-executives"}
    assert audiences(["chairs"]) == {"chairs"}


def test_a_bare_code_is_enough_where_one_facet_has_it(declarations: Declarations) -> None:
    book = declarations.book
    assert book.tag("chairs") == ("audience", ["chairs"])
    assert book.tag("means=event,guide") == ("means", ["event", "guide"])
    with pytest.raises(Refused, match="more than one facet"):
        book.tag("toolkit")
    with pytest.raises(Unknown) as wrong:
        book.tag("audience=chair")
    assert "chairs" in wrong.value.hint
    with pytest.raises(Unknown) as wrong:
        book.tag("audiense=chairs")
    assert "audience" in wrong.value.hint


def test_a_strand_is_a_new_version_only_by_its_ground(declarations: Declarations) -> None:
    strand = declarations.offer.strand[0]
    assert strand.version == strand.model_copy(update={"terms": ("x",), "need": ()}).version
    assert strand.version != strand.model_copy(update={"what": "Something else."}).version


def test_broken_syntax_is_named_by_line() -> None:
    with pytest.raises(Declared, match=r"offer\.toml, line 2, column"):
        parse_toml("[offer]\ntitle = \n", Offer, name="offer.toml")


def test_a_bad_field_is_named_by_table_key_and_field() -> None:
    content = shipped("offer.toml").read_text().replace('axis = "topic"', 'axis = "sideways"', 1)
    with pytest.raises(Declared) as wrong:
        parse_toml(content, Offer, name="offer.toml")
    assert "strand 5 (board-accountability) field 'axis'" in str(wrong.value)
    assert "sideways" in str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('key = "peer-learning"', 'key = "talent"', "two strands have the key"),
        ("assessed_share = 0.8", "assessed_share = 1.8", "positions.assessed_share"),
        ('means = ["peer-learning", "network"]', 'means = ["per-learning"]', "peer-learning"),
    ],
)
def test_a_faulty_offer_is_refused(old: str, new: str, message: str) -> None:
    texts = {name: shipped(name).read_text() for name in DECLARATIONS}
    texts["offer.toml"] = texts["offer.toml"].replace(old, new, 1)
    with pytest.raises(Declared, match=r"offer\.toml") as wrong:
        Declarations(texts).offer  # noqa: B018 - parsed when asked for
    assert message in str(wrong.value)


def test_two_bodies_of_one_spelling_are_refused() -> None:
    text = (
        '[[body]]\nname = "A"\nkind = "trust"\n[[body]]\nname = "B"\nkind = "trust"\nalso = ["a"]'
    )
    with pytest.raises(Declared, match="'A' and 'B'"):
        parse_toml(text, Bodies, name="bodies.toml")


def test_a_code_book_without_a_vocabulary_is_refused() -> None:
    with pytest.raises(Declared, match="missing"):
        parse_toml('version = "x"\n[role]\nsupport = "x"', CodeBook, name="codebook.toml")


def test_every_bad_row_is_named_and_nothing_is_taken(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    good = json.loads(shipped("register.jsonl").read_text().splitlines()[0])
    rows = [
        good | {"slug": "a-new-one", "title": "A new one", "part_of": None},
        good | {"slug": "x", "title": "X", "part_of": None, "role": "suport"},
        good | {"slug": "y", "title": "Y", "part_of": None, "started": "May"},
        good | {"slug": "z", "title": "Z", "part_of": None, "assessments": {"talnt": "overlaps"}},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n")
    with pytest.raises(Declared) as wrong:
        base.register.import_rows(file)
    message = str(wrong.value)
    for part in (
        "row 2: field 'role'",
        "support",
        "row 3",
        "'started'",
        "row 4",
        "talent",
        "row 5",
    ):
        assert part in message
    assert "a-new-one" not in {row.slug for row in base.register.list().rows}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"part_of": "nothing-there"}, "no other initiative 'nothing-there'"),
        ({"own": True}, "'own'"),
        ({"organisation_kind": "trusts"}, "did you mean 'trust'"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_rows_that_do_not_fit_the_others_are_refused(
    base: kb.KnowledgeBase, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    good = json.loads(shipped("register.jsonl").read_text().splitlines()[0])
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(good | {"slug": "n", "title": "N", "part_of": None} | change))
    with pytest.raises(Declared) as wrong:
        base.register.import_rows(file)
    assert message in str(wrong.value)


def test_rows_that_exist_are_left_alone_and_reported(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    lines = shipped("register.jsonl").read_text().splitlines()
    same_title = json.loads(lines[0]) | {"slug": "another-name"}
    fresh = json.loads(lines[1]) | {
        "slug": "fresh",
        "title": "A fresh one",
        "url": "https://a.example/fresh",
    }
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join([*lines[:3], json.dumps(same_title), json.dumps(fresh)]))
    taken = base.register.import_rows(file)
    assert taken.made == ["fresh"]
    assert "another-name" in taken.left_alone
    assert len(taken.left_alone) == 4


def test_slugs_are_readable_and_not_taken() -> None:
    assert slug_of("Race Équality: week!", "A Body", frozenset()) == "race-quality-week"
    assert slug_of("Pledge", "A Body", frozenset({"pledge"})) == "pledge-a-body"
    assert slug_of("Pledge", "A Body", frozenset({"pledge", "pledge-a-body"})) == "pledge-2"
    assert slug_of("!!!", "", frozenset()) == "initiative"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "Bad Name"}, "'name'"),
        ({"shape": "magic", "start": ["http://127.0.0.1/"]}, "'shape'"),
        ({"start": []}, "at least one address"),
        ({"start": ["http://127.0.0.1/"], "state": "paused"}, "say why"),
        ({"start": ["ftp://127.0.0.1/"]}, "start"),
        ({"start": ["http://127.0.0.1/"], "covers": ["talnt"]}, "talnt"),
    ],
)
def test_a_faulty_source_is_named(
    home: Path, declare: Callable[..., None], fields: dict[str, object], message: str
) -> None:
    declare(**fields)
    with pytest.raises(Declared) as wrong:
        Declarations.of(Home(home)).sources  # noqa: B018 - parsed when asked for
    assert message in str(wrong.value)
    assert "sources.toml" in str(wrong.value)


def test_shipped_files_are_plain_toml() -> None:
    for name in DECLARATIONS:
        assert tomllib.loads(shipped(name).read_text())
