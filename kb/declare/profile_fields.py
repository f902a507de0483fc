"""The fields of an initiative's profile that people fill in, checked before they are stored."""

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from kb.contract import address_of
from kb.declare.declarations import Declarations
from kb.errors import Refused, Unknown

FIELDS = (
    "title organisation organisation_kind summary url url_is started status_seen learning".split()
)
URL_IS = ("owner", "partner", "press")
STARTED = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")
NEEDED = ("title", "organisation")
NONE_IF_EMPTY = ("url", "url_is", "started", "status_seen")


def checked_fields(
    declarations: Declarations, values: Mapping[str, str], *, today: date
) -> dict[str, str | date | None]:
    """Fields of a profile as they are stored, with what follows from them.

    Raises Refused or Unknown for a value that a field cannot have.
    """
    checked: dict[str, str | date | None] = {}
    for name, value in values.items():
        text = _checked(declarations, name, value)
        checked[name] = _day(text, today) if name == "status_seen" and text else text
        if name == "url":
            checked["address"] = address_of(text)
        body = declarations.bodies.find(text or "") if name == "organisation" else None
        if body and "organisation_kind" not in values:
            checked["organisation_kind"] = body.kind
    return checked


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"status_seen={text!r} is no date", hint="2026-11-22") from None
    if day > today:
        raise Refused(f"status_seen={day} is still to come")
    return day


def _checked(declarations: Declarations, name: str, value: str) -> str | None:
    value = " ".join(value.split())
    if not value:
        if name in NEEDED:
            raise Refused(f"{name} cannot be unknown", hint=f"{name}=TEXT")
        return None if name in NONE_IF_EMPTY else ""
    if name == "organisation":
        return declarations.bodies.name(value)
    if name == "organisation_kind":
        return declarations.book.check("organisation_kind", value)
    if name == "url_is" and value not in URL_IS:
        raise Unknown("value", value, URL_IS, where="url_is")
    if name == "started" and not STARTED.fullmatch(value):
        raise Refused(f"started={value!r} is no month or year", hint="2024 or 2024-03")
    if name == "url" and not _is_web_address(value):
        raise Refused(f"{value!r} is no address", hint="write it whole: https://…")
    return value


def _is_web_address(text: str) -> bool:
    """True for an http address with a host and nobody's name or password in it."""
    try:
        parts = urlsplit(text)
        address_of(text)
    except ValueError:
        return False
    has_host = parts.scheme in ("http", "https") and bool(parts.hostname)
    return has_host and "@" not in parts.netloc
