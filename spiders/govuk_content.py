"""What an item of GOV.UK's Content API says in words, as HTML.

https://docs.publishing.service.gov.uk/content-schemas.html
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kb.days import british_day

# Of an item's details: what describes it to machines, or says a second time what it says.
NO_CONTENT = frozenset(
    "government image images logo brand tags headers political emphasised_organisations locale "
    "content_type attachment_type filename url preview_url id email_addresses schema_name "
    "social_media_links external_related_links topics browse metadata".split()
)
FIRST = ("title", "name", "summary", "introduction", "introductory_paragraph", "body")
TITLES = ("title", "name")
MOST_DEPTH = 12  # of details within details; schemas reach six
IS_HTML = re.compile(r"<[a-zA-Z][^>]*>")
NO_WORDS = re.compile(r"\S*|[\d\s:.+TZ-]*")  # a key, a code, an address, a time


def content_html(item: Mapping[str, Any]) -> str:
    """Whether it was withdrawn, all that its details hold in words, and whose it is."""
    pieces = []
    notice = item.get("withdrawn_notice")
    if isinstance(notice, dict) and notice:
        on = british_day(notice.get("withdrawn_at"))
        pieces.append(f"<p>Withdrawn{f' on {on}' if on else ''}.</p>")
        pieces.append(_as_html(str(notice.get("explanation") or "")))
    pieces += _words(item.get("details"), 0)
    if not any(pieces):
        pieces.append(_as_html(str(item.get("description") or "")))
    listed = "".join(f"<li>{html.escape(title)}</li>" for title in _linked(item, "documents"))
    pieces.append(f"<ul>{listed}</ul>" if listed else "")
    if owners := _linked(item, "organisations"):
        pieces.append(f"<p>{html.escape(', '.join(owners))}</p>")
    return "".join(pieces)


def _linked(item: Mapping[str, Any], kind: str) -> list[str]:
    """The titles of what the item links to as that."""
    links = item.get("links")
    linked = links.get(kind) if isinstance(links, dict) else None
    entries = linked if isinstance(linked, list) else []
    return [str(each["title"]) for each in entries if isinstance(each, dict) and each.get("title")]


def _words(value: object, depth: int) -> Iterator[str]:
    """What stands in the details, titles before what they head."""
    if depth > MOST_DEPTH:
        return
    if isinstance(value, list):
        forms = [each for each in value if isinstance(each, dict) and "content_type" in each]
        if forms and len(forms) == len(value) and all("content" in each for each in forms):
            value = [_best(forms)]
        for each in value:
            yield from _words(each, depth + 1)
    elif isinstance(value, dict):
        keys = sorted(value, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST))
        for key in keys:
            if key in TITLES and isinstance(value[key], str):
                yield f"<h2>{html.escape(value[key])}</h2>"
            elif key.endswith("_date") and (on := british_day(value[key])):
                yield f"<p>{html.escape(key.replace('_', ' ').capitalize())}: {on}</p>"
            elif key not in NO_CONTENT:
                yield from _words(value[key], depth + 1)
    elif isinstance(value, str) and not NO_WORDS.fullmatch(value):
        yield _as_html(value)


def _best(forms: list[dict[str, Any]]) -> str:
    """The HTML of a text that is given in several forms, else the first."""
    texts = [str(each["content"]) for each in forms if each["content_type"] == "text/html"]
    return texts[0] if texts else str(forms[0]["content"])


def _as_html(text: str) -> str:
    return text if IS_HTML.search(text) else f"<p>{html.escape(text)}</p>" if text else ""
