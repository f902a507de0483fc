"""Overlaps and gaps: the lists that rest on assessments, read at one act."""

from collections.abc import Collection, Mapping, Sequence

from kb.assess.positions import (
    NEAR,
    PRINTED,
    Counted,
    Position,
    by_role,
)
from kb.assess.prompts import prompt
from kb.base.core import Rows
from kb.base.indexing import KIND_OF_BODY
from kb.base.ranking import Ranked, Ranks
from kb.declare.offer import Strand
from kb.errors import Unknown
from kb.keep.register import Judgement

OVERLAPS = (
    "strand initiative title organisation level basis quote url counted why_not_counted role "
    "reach recheck made_by made_at"
).split()
GAPS = (
    "strand name position if_proposals duplicates overlaps complements duties examples own "
    "recheck need grade unscreened prompt with"
).split()
OFFER = "strand name axis basis audience means counts version needs terms".split()
CAVEAT = "Positions count initiatives; they say nothing of quality, take-up or results."
NO_SUM = "the rows do not add up"
PERSON_WORDS = {"register": "desk research"}


class Gaps(Ranks):
    """Where each strand of the offer stands."""

    def overlaps(
        self,
        strand: str | None = None,
        *,
        region: str = "England",
        at: int | None = None,
        offer: str = "",
    ) -> Rows:
        """What others do that bears on the strands, counted or not, and why not."""
        return self.overlaps_of(self.ranked(at=at, region=region, offer=offer), strand)

    def overlaps_of(self, ranked: Ranked, strand: str | None = None) -> Rows:
        """The overlaps of what was read already."""
        accepted = ranked.declarations.offer
        strands = [accepted.get(strand)] if strand else list(accepted.strand)
        rows = [
            self._overlap_row(ranked, each, number, judgement)
            for each in strands
            for number, judgement in ranked.by_strand[each.key].items()
            if not ranked.candidates[number].own and judgement.outcome in (*NEAR, "conflict")
        ]
        order = {each.key: place for place, each in enumerate(accepted.strand)}
        levels = [*NEAR, "conflict"]
        rows.sort(
            key=lambda row: (
                order[str(row["strand"])],
                not row["counted"],
                levels.index(str(row["level"])),
                str(row["title"]).casefold(),
            )
        )
        return Rows("overlaps", tuple(OVERLAPS), rows, (*ranked.marks, CAVEAT))

    def _overlap_row(
        self, ranked: Ranked, strand: Strand, number: int, judgement: Judgement
    ) -> dict[str, object]:
        entry = ranked.entries[number]
        leading = judgement.leading
        why_not = _why_not(ranked, strand, number, judgement)
        act = ranked.acts[leading.made]
        return {
            "strand": strand.key,
            "initiative": entry.slug,
            "title": entry.profile.title,
            "organisation": entry.profile.organisation,
            "level": judgement.outcome,
            "basis": leading.basis.value,
            "quote": leading.quote or None,
            "url": entry.profile.url,
            "counted": not why_not,
            "why_not_counted": why_not or None,
            "role": entry.code("role"),
            "reach": entry.code("reach"),
            "recheck": ranked.cause(number, strand, leading) is not None,
            "made_by": PERSON_WORDS.get(leading.person, leading.person),
            "made_at": act.at,
        }

    def gaps(
        self,
        *,
        region: str = "England",
        at: int | None = None,
        offer: str = "",
        by: str = "",
        topics: bool = False,
    ) -> Rows:
        """Where each strand stands, and where it would if all proposals held.

        With `by`, a facet, a row a code and strand, of the initiatives with that code; by region
        or kind of organisation the grade is of the sources of those bodies alone. With
        `topics` the strands that are topics alone. Raises Unknown for a facet there is not.
        """
        ranked = self.ranked(at=at, region=region, offer=offer, waiting=True)
        strands = [
            strand
            for strand in ranked.declarations.offer.strand
            if not topics or strand.axis == "topic"
        ]
        if not by:
            return self.gaps_of(ranked, strands)
        by_code = coded(ranked, by)
        rows = [
            {
                "facet": by,
                "code": code,
                **self._gap_row(ranked, strand, only, ranked.bodies_in(by, code)),
            }
            for code, only in by_code.items()
            for strand in strands
        ]
        adds_up = by in (*ranked.declarations.book.facets.one, KIND_OF_BODY)
        notes = () if adds_up else (f"an initiative may have several codes of {by}: {NO_SUM}",)
        return Rows("gaps_by", ("facet", "code", *GAPS), rows, (*ranked.marks, *notes, CAVEAT))

    def gaps_of(self, ranked: Ranked, strands: Sequence[Strand]) -> Rows:
        """The gaps of what was read already."""
        rows = [self._gap_row(ranked, strand) for strand in strands]
        met = {str(row[name]) for row in rows for name in ("position", "if_proposals")}
        legend = tuple(f"{each}: {PRINTED[each]}" for each in Position if each in met)
        return Rows("gaps", tuple(GAPS), rows, (*ranked.marks, *legend, CAVEAT))

    def _gap_row(
        self,
        ranked: Ranked,
        strand: Strand,
        only: Collection[int] | None = None,
        bodies: Collection[str] | None = None,
    ) -> dict[str, object]:
        confirmed = _within(ranked.levels(strand.key, proposals=False), only)
        supposed = _within(ranked.levels(strand.key, proposals=True), only)
        counted = ranked.counted(strand, confirmed)
        likely = counted if supposed == confirmed else ranked.counted(strand, supposed)
        roles = by_role(confirmed, ranked.candidates, ("requirement", "practice"))
        grade = ranked.searched_in(strand.key, bodies).grade
        stands = ranked.position(strand, confirmed, only, grade, counted)
        return {
            "strand": strand.key,
            "name": strand.name,
            "position": stands.value,
            "if_proposals": ranked.position(strand, supposed, only, grade, likely).value,
            **{level: counted.number(level) for level in NEAR},
            "duties": len(roles.get("requirement", [])),
            "examples": len(roles.get("practice", [])),
            "own": _own(ranked, strand),
            "recheck": _to_recheck(ranked, strand, only),
            "need": "; ".join(need.words for need in strand.need) or None,
            "grade": grade,
            "unscreened": len(ranked.waiting.get(strand.key, ())),
            "prompt": prompt(
                stands,
                grade=grade,
                needs=[need.says for need in strand.need],
                names=_names(counted),
                waiting=ranked.waiting.get(strand.key, ()),
            ),
            "with": _names(likely),
        }

    def offer(self, *, at: int | None = None) -> Rows:
        """The strands of the offer as declared."""
        with self.store.reading(at) as reading:
            offer = self.declared(reading).offer
        rows: list[dict[str, object]] = [
            {
                "strand": strand.key,
                "name": strand.name,
                "axis": strand.axis,
                "basis": strand.basis,
                "audience": list(strand.audience),
                "means": list(strand.means),
                "counts": list(strand.counts),
                "version": strand.version,
                "needs": [need.words for need in strand.need],
                "terms": list(strand.terms),
            }
            for strand in offer.strand
        ]
        return Rows("offer", tuple(OFFER), rows, (f"{offer.offer.title}: {offer.offer.version}",))


def _why_not(ranked: Ranked, strand: Strand, number: int, judgement: Judgement) -> str:
    if judgement.outcome == "conflict":
        return "people differ"
    return ranked.uncounted[strand.key][number] or ("a proposal" if not judgement.confirmed else "")


def _own(ranked: Ranked, strand: Strand) -> int:
    """How many works of our own carry the strand's terms, or share its means and audience."""
    return sum(strand.key in strands for strands in ranked.ours)


def _within(levels: Mapping[int, str], only: Collection[int] | None) -> dict[int, str]:
    return {n: level for n, level in levels.items() if only is None or n in only}


def coded(ranked: Ranked, facet: str) -> dict[str, set[int]]:
    """Each code of a facet, in the order of the code book, with the initiatives that have it."""
    book = ranked.declarations.book
    known = [*book.facets.one, *book.facets.many, KIND_OF_BODY]
    if facet not in known:
        raise Unknown("facet", facet, known, where="the code book")
    found: dict[str, set[int]] = {code: set() for code in book.codes[facet]}
    for number, entry in ranked.entries.items():
        kind = entry.profile.organisation_kind
        codes = [kind] if facet == KIND_OF_BODY else entry.codes(facet)
        for code in codes:
            found.setdefault(code, set()).add(number)
    return found


def _to_recheck(ranked: Ranked, strand: Strand, only: Collection[int] | None) -> int:
    return sum(
        ranked.cause(number, strand, judgement.leading) is not None
        for number, judgement in ranked.by_strand[strand.key].items()
        if only is None or number in only
    )


def _names(counted: Counted) -> list[str]:
    """The bodies behind what counts or would, duplicates and overlaps before complements."""
    near = {name for level in ("duplicates", "overlaps") for name in counted.bodies(level)}
    return sorted(near or counted.bodies("complements"))
