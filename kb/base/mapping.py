"""What an evidence map shows: strands, the initiatives that bear on them, what was scanned."""

from collections.abc import Mapping

from kb.assess.positions import NEAR, PRINTED, Position
from kb.base.gaps import CAVEAT, Gaps, coded
from kb.base.indexing import KIND_OF_BODY
from kb.base.ranking import Ranked
from kb.declare.offer import Strand
from kb.keep.found import Outcome, Run

# What may stand across the map, in the order offered, and what it may be filtered by.
ACROSS = ("means", "audience", "region", "kind", "role", KIND_OF_BODY)
Plain = dict[str, object]


class Maps(Gaps):
    """The register as a map of evidence and gaps."""

    def map(self, *, at: int | None = None, region: str = "England") -> Plain:
        """The whole map as plain data.

        `strands` with position, grade and prompt; `initiatives` of others that were assessed,
        each with its codes and, for each strand, level, basis, quote and date seen; `cells`,
        facet to strand to code to position; `scanned`, what was looked at, and when.
        """
        return self.map_of(self.ranked(at=at, region=region, waiting=True), at=at)

    def map_of(self, ranked: Ranked, *, at: int | None = None) -> Plain:
        """The map of what was read already."""
        offer = ranked.declarations.offer
        overlaps: dict[str, list[Plain]] = {}
        for row in self.overlaps_of(ranked).rows:
            overlaps.setdefault(str(row["initiative"]), []).append(row)
        book = ranked.declarations.book
        return {
            "title": offer.offer.title,
            "version": offer.offer.version,
            "day": self.today(at).isoformat(),
            "region": ranked.ground.region,
            "levels": list(NEAR),
            "positions": {each.value: PRINTED[each] for each in Position},
            "strands": [
                {
                    "key": row["strand"],
                    "name": row["name"],
                    "axis": strand.axis,
                    **{name: row[name] for name in ("position", "if_proposals", "grade")},
                    **{name: row[name] for name in ("need", "prompt")},
                }
                for strand, row in zip(
                    offer.strand, self.gaps_of(ranked, offer.strand).rows, strict=True
                )
            ],
            "codes": {
                facet: {code: each.means for code, each in book.codes[facet].items()}
                for facet in (*ACROSS, "reach", "status")
            },
            "cells": {facet: _cells(ranked, facet) for facet in ACROSS},
            "initiatives": [
                self._initiative(ranked, number, overlaps[entry.slug])
                for number, entry in sorted(
                    ranked.entries.items(), key=lambda pair: pair[1].profile.title.casefold()
                )
                if entry.slug in overlaps
            ],
            "scanned": self._scanned(ranked, at),
            "notes": [*ranked.marks, CAVEAT],
            "settled": False,  # True where nothing of it is a proposal
        }

    def _initiative(self, ranked: Ranked, number: int, rows: list[Plain]) -> Plain:
        entry = ranked.entries[number]
        fetched = {page.revision: page.fetched_at for page in ranked.pages.get(number, [])}
        seen: dict[str, str | None] = {}
        for row in rows:
            judgement = ranked.judgements[number, str(row["strand"])]
            day = fetched.get(judgement.leading.revision or 0) or entry.profile.status_seen
            seen[str(row["strand"])] = day.isoformat()[:10] if day else None
        return {
            "slug": entry.slug,
            "title": entry.profile.title,
            "organisation": entry.profile.organisation,
            "url": entry.profile.url,
            **{facet: entry.codes(facet) for facet in (*ACROSS[:-1], "reach", "status")},
            KIND_OF_BODY: [entry.profile.organisation_kind]
            if entry.profile.organisation_kind
            else [],
            "strands": {
                str(row["strand"]): {
                    **{name: row[name] for name in ("level", "basis", "counted", "quote")},
                    "why_not": row["why_not_counted"],
                    "seen": seen[str(row["strand"])],
                }
                for row in rows
            },
        }

    def _scanned(self, ranked: Ranked, at: int | None) -> Plain:
        sources = [s for s in ranked.declarations.sources.source if s.state != "retired"]
        with self.store.reading(at) as reading:
            ran = {run.source: run for run in reading.rows(Run) if run.outcome == Outcome.ok}
        last = max((run.started for run in ran.values()), default=None)
        return {
            "sources": len(sources),
            "crawled": sum(source.name in ran for source in sources),
            "last": last.date().isoformat() if last else None,
            "never": sorted(s.name for s in sources if s.name not in ran),
            "waiting": sum(len(pages) for pages in ranked.waiting.values()),
        }


def _cells(ranked: Ranked, facet: str) -> dict[str, dict[str, str]]:
    """Strand to code to position: where it stands by the initiatives with that code alone."""
    found = coded(ranked, facet)
    cells: dict[str, dict[str, str]] = {}
    for strand in ranked.declarations.offer.strand:
        confirmed = ranked.levels(strand.key, proposals=False)
        cells[strand.key] = {
            code: _position(ranked, strand, confirmed, only, ranked.bodies_in(facet, code))
            for code, only in found.items()
        }
    return cells


def _position(
    ranked: Ranked,
    strand: Strand,
    levels: Mapping[int, str],
    only: set[int],
    bodies: set[str] | None,
) -> str:
    within = {number: level for number, level in levels.items() if number in only}
    grade = ranked.searched_in(strand.key, bodies).grade if bodies is not None else ""
    return ranked.position(strand, within, only, grade).value
