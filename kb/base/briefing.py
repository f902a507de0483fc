"""What a briefing rests on: the lists as of one day, gathered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kb.assess.positions import PRINTED, Position
from kb.base.core import Rows
from kb.base.listing import Lists
from kb.base.mapping import Maps
from kb.base.moving import Moves
from kb.declare.protocol import Protocol

LEVELS = "overlap"  # the code book's name for the levels of an assessment


@dataclass(frozen=True)
class Brief:
    """Every list that a briefing is written from, as of the same day."""

    title: str
    version: str
    day: date
    since: date | None
    region: str
    protocol: Protocol
    positions: Mapping[str, str]
    levels: Mapping[str, str]
    whats: Mapping[str, str]  # strand to what it is
    gaps: Rows
    overlaps: Rows
    worked: Rows
    sources: Rows
    runs: Rows
    moved: Rows | None
    scanned: Mapping[str, object]
    seen: Mapping[tuple[str, str], str | None]  # strand and initiative to the day it was seen


class Briefs(Maps, Moves, Lists):
    """Gathers what goes to a board."""

    def brief(
        self,
        *,
        strand: str = "",
        since: date | None = None,
        day: date | None = None,
        region: str = "England",
    ) -> Brief:
        """The lists for a briefing; of one strand alone if one is named.

        Raises Unknown for a strand there is not, Refused for a day to come or before the first.
        """
        at = self.act_on(day)
        ranked = self.ranked(at=at, region=region, waiting=True)
        offer = ranked.declarations.offer
        strands = [offer.get(strand)] if strand else list(offer.strand)
        mapped = self.map_of(ranked, at=at)
        initiatives: list[dict[str, object]] = mapped["initiatives"]  # type: ignore[assignment]
        seen: dict[tuple[str, str], str | None] = {}
        for each in initiatives:
            told: dict[str, dict[str, str | None]] = each["strands"]  # type: ignore[assignment]
            seen |= {(key, str(each["slug"])): said["seen"] for key, said in told.items()}
        return Brief(
            title=offer.offer.title,
            version=offer.offer.version,
            day=day or self.today(at),
            since=since,
            region=region,
            protocol=ranked.declarations.protocol,
            positions={each.value: PRINTED[each] for each in Position},
            levels={
                code: each.means for code, each in ranked.declarations.book.codes[LEVELS].items()
            },
            whats={each.key: each.what for each in strands},
            gaps=self.gaps_of(ranked, strands),
            overlaps=self.overlaps_of(ranked, strand or None),
            worked=self.worked(strand or None, at=at),
            sources=self.sources(at=at),
            runs=self.runs(at=at),
            moved=self.moved(since, day) if since else None,
            scanned=mapped["scanned"],  # type: ignore[arg-type]
            seen=seen,
        )
