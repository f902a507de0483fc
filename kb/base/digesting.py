"""What came since a day: what waits, what moved, what is unwell, what saved searches found."""

from dataclasses import dataclass
from datetime import date

from kb.base.briefing import Briefs
from kb.base.rechecking import CODE_SPLIT
from kb.base.watching import Watches

MOST = 10  # lines of a section


@dataclass(frozen=True)
class Line:
    """One thing to know, with where it stands if that is an address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """What a heading says, the command that shows it whole, and its first lines."""

    heading: str
    command: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Digest:
    """Every section that has something to say."""

    title: str
    since: date
    day: date
    sections: tuple[Section, ...]


class Digests(Briefs, Watches):
    """Gathers what a person should know who was away."""

    def digest(self, since: date) -> Digest:
        """What waits now, and what moved since the end of that day.

        Raises Refused for a day to come, or before the first act.
        """
        moved = [row for row in self.moved(since).rows if row["list"] == "gaps"]
        found = [
            _section(
                "to screen",
                "kb review",
                [
                    Line(
                        f"{row['title']} ({row['organisation'] or row['source']})", str(row["url"])
                    )
                    for row in self.inbox().rows
                ],
            ),
            _section(
                "to look at again, what would move a position first",
                "kb recheck --go",
                [Line(_recheck(row)) for row in self.recheck().rows if row["cause"] != "no quote"],
            ),
            _section(
                f"that moved since {since}",
                f"kb moved {since}",
                [
                    Line(f"{row['row']}: {row['before']} → {row['after']}; {row['cause']}")
                    for row in moved
                ],
                what="position",
            ),
            _section(
                "unwell",
                "kb sources",
                [
                    Line(f"{row['name']}: {row['outcome']} since {row['unwell_since']}")
                    for row in self.sources().rows
                    if row["unwell_since"]
                ],
                what="source",
            ),
            _section(
                "new or changed for saved searches",
                "kb watch run",
                [
                    Line(f"{row['watch']}: {row['title']}", str(row["url"]))
                    for row in self.news().rows
                ],
            ),
        ]
        return Digest(
            title=f"{self.declarations.offer.offer.title}: what came since {since}",
            since=since,
            day=self.today(None),
            sections=tuple(section for section in found if section.lines),
        )


def _section(rest: str, command: str, lines: list[Line], what: str = "") -> Section:
    named = f"{what if len(lines) == 1 else what + 's'} " if what else ""
    shown = tuple(lines[:MOST])
    if len(lines) > MOST:
        shown += (Line(f"{len(lines) - MOST} more: {command}"),)
    return Section(f"{len(lines)} {named}{rest}", command, shown)


def _recheck(row: dict[str, object]) -> str:
    of = "its codes" if str(row["cause"]).startswith(CODE_SPLIT) else row["strand"]
    becomes = f"; without it {row['would_become']}" if row["would_become"] else ""
    return f"{row['initiative']} and {of}: {row['cause']}{becomes}"
