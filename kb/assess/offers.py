"""The offer as accepted, and the file as it is being edited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kb.assess.judgements import Judgements, judgements_of, lineage_of
from kb.assess.lineage import Difference, differences, earlier_of
from kb.declare.declarations import Declarations
from kb.declare.files import parse_toml, read_text
from kb.declare.offer import Offer, Strand
from kb.errors import Refused, Unknown
from kb.keep.acts import ActKind
from kb.keep.crawled import Declaration
from kb.keep.decisions import StrandStep
from kb.keep.store import Reading
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import OFFER, Workspace


@dataclass(frozen=True)
class OfferStrand:
    """A strand of the offer."""

    strand: str = column("The key of a strand of the offer.", narrow=True)
    name: str = column("What it is called.", narrow=True)
    axis: str = column("Whether the strand is a means of support or a topic.")
    basis: str = column("What the strand was taken from.")
    audience: list[str] = column("For whom it is made, by the code book.")
    means: list[str] = column("How it reaches people, by the code book.")
    counts: list[str] = column("The roles that count for the strand.")
    version: str = column("Changes when what assessments rely on does.", narrow=True)
    needs: list[str] = column("What boards said that they want.")
    terms: list[str] = column("The words that point to the strand.")


@dataclass(frozen=True)
class StrandDifference:
    """How a strand of the file differs from the accepted offer."""

    strand: str = column("The key of a strand of the offer.", narrow=True)
    change: str = column("new, changed, renamed, split or removed.", narrow=True)
    fields: list[str] = column("What differs.", narrow=True)
    reopens: int = column(
        "How many assessments need another look once it is accepted.", narrow=True
    )


@dataclass(frozen=True)
class OfferVersion:
    """A version of the offer that was accepted."""

    at: datetime = column("When, in UTC.", narrow=True)
    by: str = column("Who acted.", narrow=True)
    version: str = column("What the offer calls the version.", narrow=True)
    strands: list[str] = column("Its strands.")
    why: str | None = column("The reason given, in words.", narrow=True)


def offer(snapshot: Snapshot) -> Table[OfferStrand]:
    """The strands of the offer that held."""
    standing = snapshot.declarations.offer
    rows = [
        OfferStrand(
            strand=strand.key,
            name=strand.name,
            axis=strand.axis,
            basis=strand.basis,
            audience=list(strand.audience),
            means=list(strand.means),
            counts=list(strand.counts),
            version=strand.version,
            needs=[need.words for need in strand.need],
            terms=list(strand.terms),
        )
        for strand in standing.strand
    ]
    return Table("offer", OfferStrand, rows, (f"{standing.offer.title}: {standing.offer.version}",))


def offer_history(snapshot: Snapshot) -> Table[OfferVersion]:
    """Every accepted version of the offer, the newest first."""
    rows = []
    for row in reversed(snapshot.reading.history(Declaration, name=OFFER)):
        version, act = parse_toml(row.text, Offer, name=OFFER), snapshot.acts[row.made]
        strands = [strand.key for strand in version.strand]
        rows.append(OfferVersion(act.at, act.by, version.offer.version, strands, act.why or None))
    return Table("versions", OfferVersion, rows)


def offer_from_file(snapshot: Snapshot, path: str) -> Declarations:
    """The declarations with another file as the offer. Raises Declared for a faulty one.

    The path is as typed; where there is no such file, beside the declarations.
    """
    workspace, typed = snapshot.workspace, Path(path)
    file = typed if typed.exists() else workspace.home.path / path
    changed = workspace.with_offer(read_text(file), path)
    _check_former(snapshot.reading, workspace.declarations_at(snapshot.reading), changed.offer)
    return changed


def offer_diff(snapshot: Snapshot) -> Table[StrandDifference]:
    """How the file differs from the accepted offer, and what accepting it re-opens."""
    accepted = snapshot.declarations.offer
    judgements = judgements_of(snapshot.reading, lineage_of(snapshot.reading, accepted))
    rows = [
        StrandDifference(
            strand=each.strand,
            change=each.change,
            fields=list(each.fields),
            reopens=_reopened(each, judgements, snapshot) if each.reopens else 0,
        )
        for each in differences(accepted, snapshot.workspace.draft())
    ]
    return Table("diff", StrandDifference, rows, snapshot.marks)


def _reopened(difference: Difference, judgements: Judgements, snapshot: Snapshot) -> int:
    return sum(
        bool(judgement.confirmed) and key == difference.earlier and number in snapshot.register
        for (number, key), judgement in judgements.items()
    )


def accept(
    workspace: Workspace, *, minor: Sequence[str] = (), why: str = ""
) -> Table[StrandDifference]:
    """Accepts the file as the offer; assessments that relied on what changed are re-opened.

    `minor` names strands whose change carries them over; it needs a reason. Raises Declared for
    a file that does not load, Unknown for a strand that does not exist or a `was` that never
    did, Refused where nothing differs.
    """
    with snapshot(workspace) as now:
        table = offer_diff(now)
        draft, before = workspace.draft(), now.declarations.offer
        text = read_text(workspace.home.declaration(OFFER))
        if text == now.declarations.texts[OFFER]:
            raise Refused("offer.toml is what was accepted already")
        if minor and not why.strip():
            raise Refused("say why the change is minor", hint="--why TEXT")
        carried = {draft.get(key).key for key in minor}
        if unchanged := carried - {row.strand for row in table.rows}:
            raise Refused(
                f"--minor {', '.join(sorted(unchanged))}: nothing of it changed",
                hint="kb offer diff",
            )
        _check_former(now.reading, now.declarations, draft)
    workspace.with_offer(text, OFFER).check()
    command = f"offer accept {draft.offer.version}"
    with workspace.writing(ActKind.accept, command, why=why) as writing:
        writing.replace(Declaration, [Declaration(name=OFFER, text=text)], name=OFFER)
        writing.add_all(_steps(before, draft, carried))
    workspace.declarations = None
    rows = [replace(row, reopens=0) if row.strand in carried else row for row in table.rows]
    return Table("diff", StrandDifference, rows)


def _steps(before: Offer, after: Offer, carried: set[str]) -> list[StrandStep]:
    """What each strand of the earlier offer became, where that is not what it was."""
    gone = {each.strand for each in differences(before, after) if each.change == "removed"}
    steps = [
        StrandStep(before=each.key, before_version=each.version, after="", after_version="")
        for each in before.strand
        if each.key in gone
    ]
    for strand in after.strand:
        earlier = earlier_of(strand, before)
        if earlier and _place(earlier) != _place(strand):
            steps.append(
                StrandStep(
                    before=earlier.key,
                    before_version=earlier.version,
                    after=strand.key,
                    after_version=strand.version,
                    minor=strand.key in carried,
                )
            )
    return steps


def _place(strand: Strand) -> tuple[str, str]:
    return strand.key, strand.version


def _check_former(reading: Reading, declarations: Declarations, draft: Offer) -> None:
    """Raises Unknown for a `was` that no accepted offer had, Refused for one that still exists."""
    texts = [row.text for row in reading.history(Declaration, name=OFFER)]
    offers = [parse_toml(text, Offer, name=OFFER) for text in texts]
    known = {name for each in offers for s in each.strand for name in (s.key, s.was) if name}
    now = {strand.key for strand in declarations.offer.strand}
    for strand in draft.strand:
        if strand.was and strand.was not in known:
            raise Unknown("former strand", strand.was, known, where=f"strand {strand.key!r}")
        if strand.was in now and strand.key in now and strand.was != strand.key:
            raise Refused(
                f"strand {strand.key!r} has its key already: it was not {strand.was!r}",
                hint="`was` renames, or splits; to join two give what is left a key of its own",
            )
