"""The evidence map: strands, the initiatives that bear on them, and what was scanned, as one file
of HTML that needs nothing else and asks nobody for anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.assess.evidence import Evidence, evidence_of
from kb.assess.gaps import CAVEAT, Overlap, coded, gaps_of, overlaps
from kb.assess.positions import NEAR, PRINTED, Position
from kb.declare.codebook import MOST_COLUMNS
from kb.keep import runs
from kb.keep.decisions import Basis, Level
from kb.screen.inbox import waiting
from kb.workspace.indexing import KIND_OF_BODY
from kb.workspace.snapshot import Snapshot, part
from kb.workspace.sources import never_crawled, unwell

# What may stand across the map, in the order offered, and what it may be filtered by.
ACROSS = ("means", "audience", "region", "kind", "role", KIND_OF_BODY)
FILTERS = (*ACROSS, "reach", "status")


@dataclass(frozen=True)
class MapStrand:
    """A strand of the map."""

    key: str
    name: str
    position: Position
    if_proposals: Position | None
    recheck: int  # how many assessments rest on what has moved
    without_recheck: Position | None  # the position without them, where that is another
    grade: str
    need: str | None
    prompt: str


@dataclass(frozen=True)
class MapAssessment:
    """What an initiative is to a strand."""

    level: str
    basis: Basis
    counted: bool
    quote: str | None
    why_not: str | None
    recheck: str | None  # why it is to be re-checked, since when
    quiet: str | None  # why its initiative seems to have gone quiet
    says_else: str | None  # what became of its pages since a person looked
    seen: str | None  # the day on which what it rests on was seen


@dataclass(frozen=True)
class MapInitiative:
    """An initiative of the map: its codes by facet, its assessments by strand."""

    slug: str
    title: str
    organisation: str
    url: str | None
    codes: Mapping[str, list[str]]
    strands: Mapping[str, MapAssessment]


@dataclass(frozen=True)
class Scanned:
    """How much was looked through and decided, each figure by its one definition."""

    sources: int
    crawled: int  # without fault, at least once
    last: str | None
    never: list[str]  # sources never crawled
    unwell: list[str]
    waiting: int  # pages
    confirmed: int  # assessments, those of no overlap among them
    no_overlap: int  # of the confirmed
    proposed: int


@dataclass(frozen=True)
class MapColumn:
    """A column of the map: its name, and the codes that stand under it."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceMap:
    """The whole map; `cells`: facet to strand to a position for each of its columns."""

    title: str
    version: str
    day: str
    region: str
    levels: Sequence[str]
    positions: Mapping[str, str]
    strands: list[MapStrand]
    codes: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, Sequence[MapColumn]]
    cells: Mapping[str, Mapping[str, Sequence[Position]]]
    initiatives: list[MapInitiative]
    scanned: Scanned
    notes: list[str]
    settled: bool = False  # True where nothing of it is a proposal


def evidence_map(snapshot: Snapshot, *, region: str = "England") -> EvidenceMap:
    """The map of a snapshot: initiatives of others that were assessed, and each strand's position.

    Raises Unknown for a region that does not exist.
    """
    evidence = evidence_of(snapshot, region)
    offer, book = evidence.declarations.offer, evidence.declarations.book
    gaps = gaps_of(evidence, offer.strand).rows
    columns = {facet: _columns(evidence, facet) for facet in ACROSS}
    return EvidenceMap(
        title=offer.offer.title,
        version=offer.offer.version,
        day=snapshot.moment.day.isoformat(),
        region=evidence.rules.region,
        levels=NEAR,
        positions={position.value: text for position, text in PRINTED.items()},
        strands=[
            MapStrand(
                gap.strand,
                gap.name,
                gap.position,
                gap.if_proposals,
                gap.recheck,
                gap.without_recheck,
                gap.grade,
                gap.need,
                gap.prompt.sentence,
            )
            for gap in gaps
        ],
        codes={
            facet: {code: each.means for code, each in book.codes[facet].items()}
            for facet in FILTERS
        },
        columns=columns,
        cells={facet: _cells(evidence, facet, columns[facet]) for facet in ACROSS},
        initiatives=_initiatives(evidence),
        scanned=scanned(snapshot),
        notes=[*evidence.marks, CAVEAT],
    )


@part
def scanned(snapshot: Snapshot) -> Scanned:
    """How much was looked through."""
    sources = [each for each in snapshot.declarations.sources.source if each.state != "retired"]
    last_ok = runs.last_ok(snapshot.reading)
    confirmed = evidence_of(snapshot).confirmed
    last = max((run.started for run in last_ok.values()), default=None)
    return Scanned(
        sources=len(sources),
        crawled=sum(source.name in last_ok for source in sources),
        last=last.date().isoformat() if last else None,
        never=sorted(never_crawled(snapshot)),
        unwell=sorted(unwell(snapshot)),
        waiting=len(waiting(snapshot)),
        confirmed=len(confirmed),
        no_overlap=sum(judgement.outcome == Level.no_overlap for judgement in confirmed),
        proposed=len(evidence_of(snapshot).proposed),
    )


def _initiatives(evidence: Evidence) -> list[MapInitiative]:
    rows: dict[str, list[Overlap]] = {}
    for row in overlaps(evidence.snapshot, region=evidence.region).rows:
        rows.setdefault(row.initiative, []).append(row)
    by_title = sorted(evidence.register.values(), key=lambda each: each.profile.title.casefold())
    return [
        MapInitiative(
            slug=each.slug,
            title=each.profile.title,
            organisation=each.profile.organisation,
            url=each.profile.url,
            codes={facet: each.codes(facet) for facet in FILTERS}
            | {KIND_OF_BODY: [kind] if (kind := each.profile.organisation_kind) else []},
            strands={
                row.strand: MapAssessment(
                    level=row.level,
                    basis=row.basis,
                    counted=row.counted,
                    quote=row.quote,
                    why_not=row.why_not_counted,
                    recheck=row.recheck,
                    quiet=row.quiet,
                    says_else=row.says_else,
                    seen=_iso(seen_on(evidence, each.id, row.strand)),
                )
                for row in rows[each.slug]
            },
        )
        for each in by_title
        if each.slug in rows
    ]


def seen_on(evidence: Evidence, number: int, strand: str) -> date | None:
    """The day on which what an assessment rests on was seen; None where that is unknown."""
    leading = evidence.judgements[number, strand].leading
    for page in evidence.snapshot.pages_of.get(number, []):
        if page.revision == leading.revision:
            return page.fetched_at.date()
    return evidence.register[number].profile.status_seen


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _columns(evidence: Evidence, facet: str) -> list[MapColumn]:
    """The columns that the code book declares for a facet.

    Where it declares none, a column a code that is used; of many those that most initiatives have.
    """
    book = evidence.declarations.book
    with_code = {code: len(numbers) for code, numbers in coded(evidence, facet).items()}
    columns = [MapColumn(name, codes) for name, codes in book.columns_of(facet).items()]
    if not columns:
        used = [code for code, count in with_code.items() if count]
        if len(used) > MOST_COLUMNS:
            most = sorted(used, key=lambda code: -with_code[code])[: MOST_COLUMNS - 1]
            used = [code for code in used if code in most]
        columns = [MapColumn(code.replace("-", " ").capitalize(), (code,)) for code in used]
        rest = tuple(code for code, count in with_code.items() if count and code not in used)
        columns += [MapColumn("Others", rest)] if rest else []
    return columns


def _cells(
    evidence: Evidence, facet: str, columns: Sequence[MapColumn]
) -> dict[str, list[Position]]:
    """Strand to where it stands by the initiatives of each column alone."""
    having = coded(evidence, facet)
    cells: dict[str, list[Position]] = {}
    for strand in evidence.strands:
        confirmed = evidence.levels(strand.key, proposals=False)
        cells[strand.key] = []
        for each in columns:
            only = set[int]().union(*(having.get(code, ()) for code in each.codes))
            grade = evidence.searched_in(strand.key, _bodies(evidence, facet, each)).grade
            cells[strand.key].append(evidence.position(strand, confirmed, only, grade))
    return cells


def _bodies(evidence: Evidence, facet: str, column: MapColumn) -> set[str] | None:
    """The bodies whose sources count for a column, by region or kind; None for all."""
    bodies = [evidence.bodies_in(facet, code) for code in column.codes]
    if any(each is None for each in bodies):
        return None
    return set[str]().union(*(each for each in bodies if each is not None))
