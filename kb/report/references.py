"""References for a reference manager: RIS, one an initiative."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import rispy

from kb.report.files import whole
from kb.report.safe import for_link, for_ris
from kb.report.tables import Row, text_of


def write_ris(path: Path, rows: Iterable[Row], *, seen: date, force: bool = False) -> int:
    """Writes a reference for each row that has a title, with the day as access date; how many.

    Raises Refused for a file that exists, without `force`.
    """
    entries = [_entry(row, seen) for row in rows if row.get("title")]
    with whole(path, force=force) as partial, partial.open("w", encoding="utf-8") as out:
        rispy.dump(entries, out)
    return len(entries)


def _entry(row: Row, seen: date) -> dict[str, object]:
    entry: dict[str, object] = {
        "type_of_reference": "ELEC",
        "title": for_ris(str(row["title"])),
        "authors": [for_ris(str(row.get("organisation") or ""))],
        "abstract": for_ris(text_of(row.get("summary"))),
        "access_date": seen.strftime("%Y/%m/%d"),
        "year": text_of(row.get("started"))[:4],
        "urls": [for_link(str(row.get("url") or ""))],
        "id": for_ris(text_of(row.get("slug"))),
    }
    return {name: value for name, value in entry.items() if value not in ("", [""])}
