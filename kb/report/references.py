"""References for a reference manager: RIS, CSL-JSON and BibTeX, one an initiative.

The author is a body. Managers part a name at its comma into family and given name, so that a
body's has none in RIS, is a `literal` in CSL-JSON, and stands in braces of its own in BibTeX.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import rispy
from rispy.writer import RisWriter

from kb.report.files import whole
from kb.report.safe import for_link, for_ris
from kb.report.tables import Row, text_of

FORMATS = (".ris", ".csl.json", ".bib")


@dataclass(frozen=True)
class Reference:
    """An initiative as others cite it."""

    key: str
    title: str
    author: str
    summary: str
    year: str  # "" where it is not known
    url: str  # "" for none
    seen: date


class _Ris(RisWriter):  # type: ignore[misc]
    """RIS without a number before each record, which no manager reads."""

    def set_header(self, count: int) -> str:
        """Nothing: a record begins with TY."""
        return ""


def is_references(path: Path) -> bool:
    """True for a file that holds references, by its suffix."""
    return path.name.casefold().endswith(FORMATS)


def write_references(path: Path, rows: Iterable[Row], *, seen: date, force: bool = False) -> int:
    """Writes a reference for each row that has a title, with the day as access date; how many.

    In the format of the suffix, one of FORMATS. Raises Refused for a file that exists, without
    `force`.
    """
    references = [_reference(row, seen) for row in rows if row.get("title")]
    suffix = next(each for each in FORMATS if path.name.casefold().endswith(each))
    with whole(path, force=force) as partial, partial.open("w", encoding="utf-8") as out:
        out.write(WRITERS[suffix](references))
    return len(references)


def _reference(row: Row, seen: date) -> Reference:
    return Reference(
        key=for_ris(text_of(row.get("slug") or row.get("initiative"))),
        title=for_ris(str(row["title"])),
        author=for_ris(str(row.get("organisation") or "")),
        summary=for_ris(text_of(row.get("summary"))),
        year=text_of(row.get("started"))[:4],
        url=for_link(str(row.get("url") or "")),
        seen=seen,
    )


def as_ris(references: Sequence[Reference]) -> str:
    """RIS; a comma in a body's name is a dash."""
    entries = [
        {
            name: value
            for name, value in {
                "type_of_reference": "ELEC",
                "title": each.title,
                "authors": [re.sub(r"\s*,\s*", " – ", each.author)],
                "abstract": each.summary,
                "access_date": each.seen.strftime("%Y/%m/%d"),
                "year": each.year,
                "urls": [each.url],
                "id": each.key,
            }.items()
            if value not in ("", [""])
        }
        for each in references
    ]
    text: str = rispy.dumps(entries, implementation=_Ris)
    return text.lstrip()


def as_csl(references: Sequence[Reference]) -> str:
    """CSL-JSON, as https://citeproc-js.readthedocs.io/en/latest/csl-json/ has it."""
    items = []
    for each in references:
        item: dict[str, Any] = {"id": each.key, "type": "webpage", "title": each.title}
        item |= {"author": [{"literal": each.author}]} if each.author else {}
        item |= {"abstract": each.summary} if each.summary else {}
        item |= {"issued": {"date-parts": [[int(each.year)]]}} if each.year else {}
        item |= {"URL": each.url} if each.url else {}
        day = each.seen
        items.append(item | {"accessed": {"date-parts": [[day.year, day.month, day.day]]}})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def as_bibtex(references: Sequence[Reference]) -> str:
    """BibTeX, for BibLaTeX too: what TeX would act on is escaped."""
    entries = []
    for each in references:
        fields = {
            "title": f"{{{_tex(each.title)}}}",
            "author": f"{{{_tex(each.author)}}}" if each.author else "",
            "abstract": _tex(each.summary),
            "year": each.year,
            "url": _bare(each.url),
            "urldate": each.seen.isoformat(),
        }
        told = "".join(f",\n  {name} = {{{text}}}" for name, text in fields.items() if text)
        entries.append(f"@online{{{_bare(each.key)}{told}\n}}\n")
    return "\n".join(entries)


def _tex(text: str) -> str:
    """Text with what TeX acts on escaped."""
    named = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(named.get(char, f"\\{char}" if char in "{}$&#_%" else char) for char in text)


def _bare(text: str) -> str:
    """A key or an address, in which nothing ends its braces."""
    return re.sub(r"[{}\\\s,]", lambda match: f"%{ord(match[0]):02X}", text)


WRITERS: dict[str, Callable[[Sequence[Reference]], str]] = {
    ".ris": as_ris,
    ".csl.json": as_csl,
    ".bib": as_bibtex,
}
