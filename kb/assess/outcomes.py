"""What worked elsewhere, what is worth assessing, and what has gone quiet."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kb.assess.assessments import pin
from kb.assess.evidence import Evidence, evidence_of
from kb.assess.positions import NEAR, months_between
from kb.errors import Refused
from kb.keep.acts import ActKind
from kb.keep.decisions import Initiative, Result
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.screen.guessing import likely_strands, read_of
from kb.table import Table, column
from kb.text.matcher import Matcher
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot, part, snapshot
from kb.workspace.workspace import Workspace

WORTH = 0.4  # a score by its terms from which a pair is suggested
LIKELY = 0.5  # the same by what was learned of others
RELIABLE = 0.3  # the recall under which a strand's suggestions are not to be relied on
PASSAGES_SHOWN = 2


@dataclass(frozen=True)
class Worked:
    """What an initiative is said to have changed."""

    # Proposals too tie a result to a strand.
    strand: str | None = column("The key of a strand of the offer.", narrow=True, inside=True)
    initiative: str = column("The slug of the initiative, which stays.", narrow=True)
    organisation: str = column("Who runs or publishes it.")
    setting: str | None = column("In what kind of organisation.", narrow=True)
    effect: str | None = column("What is known of its effect, by the code book.", narrow=True)
    quote: str = column("The passage that the result is pinned to.", narrow=True)
    url: str | None = column("Its address.")
    seen: date | None = column("The day a crawl fetched what is quoted.")
    changed: str = column("What it is said to have changed.", inside=True)
    recheck: str | None = column("Why it is to be re-checked, since when.")


@dataclass(frozen=True)
class Suggestion:
    """A pair of initiative and strand that is worth assessing."""

    strand: str = column("The key of a strand of the offer.", narrow=2)
    initiative: str = column("The slug of the initiative, which stays.", narrow=2)
    score: float = column("How strong the suggestion is, 0 to 1.", narrow=True)
    passages: list[str] = column("The passages that raised the score, the strongest first.")


def note_result(
    workspace: Workspace, name: str, changed: str, *, quote: str, setting: str = ""
) -> Result:
    """Notes what an initiative is said to have changed, pinned to a quote from its page.

    Raises Refused without words or quote, QuoteNotFound where no current page holds it.
    """
    if not changed.strip():
        raise Refused("say what changed")
    with snapshot(workspace) as now:
        initiative = workspace.initiative(now.reading, name)
        pinned = pin(now, initiative, quote)
    row = Result(
        initiative=initiative.id,
        person=workspace.by,
        changed=changed.strip(),
        setting=setting,
        quote=pinned.place.spelt,
        revision=pinned.page.revision,
        place=pinned.place.start,
    )
    command, slug = f"result {initiative.slug}", initiative.slug
    with workspace.writing(ActKind.result, command, subject=slug) as writing:
        return writing.add(row)


def worked(snapshot: Snapshot, strand: str | None = None) -> Table[Worked]:
    """What initiatives are said to have changed, a row a strand they bear on."""
    evidence = evidence_of(snapshot)
    only = evidence.declarations.offer.get(strand).key if strand else None
    rows: list[Worked] = []
    for row in snapshot.reading.rows(Result):
        number = snapshot.merges.get(row.initiative, row.initiative)
        if number not in evidence.register:
            continue
        keys: list[str | None] = [
            key
            for (each, key), judgement in evidence.judgements.items()
            if each == number and judgement.outcome in NEAR
        ]
        initiative = evidence.register[number]
        cause = evidence.ground.quote_cause(number, row.quote, row.revision)
        rows += [
            _worked(snapshot, row, initiative, key, cause.words if cause else None)
            for key in keys or [None]
            if only is None or key == only
        ]
    return Table("worked", Worked, rows)


def _worked(
    snapshot: Snapshot,
    row: Result,
    initiative: StoredInitiative,
    key: str | None,
    cause: str | None,
) -> Worked:
    pages = snapshot.pages_of.get(initiative.id, [])
    page = next((each for each in pages if each.revision == row.revision), None)
    return Worked(
        strand=key,
        initiative=initiative.slug,
        organisation=initiative.profile.organisation,
        setting=row.setting or "; ".join(initiative.codes("setting")) or None,
        effect=initiative.code("effect"),
        quote=snapshot.quoted(row.quote, row.revision) or "",
        url=page.url if page and not page.described else initiative.profile.url,
        seen=page.fetched_at.date() if page else None,
        changed=row.changed,
        recheck=cause,
    )


def suggest(snapshot: Snapshot, name: str | None = None) -> Table[Suggestion]:
    """Pairs of initiative and strand worth assessing, the likeliest first, with why.

    By the terms of the strand, or learned from what was proposed and confirmed of the others. A
    suggestion never counts. How far suggestions agree with what was confirmed is said of each
    strand beside the list.
    """
    evidence = evidence_of(snapshot)
    only = snapshot.workspace.initiative(snapshot.reading, name).id if name else None
    pages_of = snapshot.pages_of
    snapshot.texts([page for pages in pages_of.values() for page in pages])  # at once
    race = Matcher.of(term for term in evidence.declarations.lexicon.term if term.weight)
    terms = StrandTerms(evidence.declarations.offer)
    rows: list[Suggestion] = []
    suggested: set[tuple[int, str]] = set()
    likely = _likely(evidence)
    for number, initiative in evidence.register.items():
        if evidence.is_own(number) or only not in (None, number):
            continue
        texts = [f"{initiative.profile.title}. {initiative.profile.summary}"]
        texts += snapshot.texts(pages_of.get(number, []))
        for key, (score, passages) in terms.scores(texts, initiative.tags, race).items():
            learned = likely.get((number, key), 0.0)
            if score < WORTH and learned < LIKELY:
                continue
            suggested.add((number, key))
            if (number, key) not in evidence.judgements:
                shown = list(passages[:PASSAGES_SHOWN])
                rows.append(Suggestion(key, initiative.slug, max(score, learned), shown))
    rows.sort(key=lambda row: (-row.score, row.strand, row.initiative))
    notes = evidence.marks + (() if name else tuple(_agreement(evidence, suggested)))
    return Table("suggest", Suggestion, rows, notes)


def _likely(evidence: Evidence) -> dict[tuple[int, str], float]:
    """How likely each initiative bears on each strand, by what was proposed or confirmed."""
    texts, strands_of = {}, {}
    for number, initiative in evidence.register.items():
        profile = initiative.profile
        texts[number] = read_of(profile.title, profile.summary)
        said = {
            strand.key: evidence.by_strand[strand.key][number].outcome
            for strand in evidence.strands
            if number in evidence.by_strand[strand.key]
        }
        if said:
            strands_of[number] = [key for key, level in said.items() if level in NEAR]
    return likely_strands(texts, strands_of, [strand.key for strand in evidence.strands])


def _agreement(evidence: Evidence, pairs: Collection[tuple[int, str]]) -> Iterator[str]:
    """A sentence a strand on precision and recall of suggestions against what was confirmed."""
    for strand in evidence.strands:
        judgements = evidence.by_strand[strand.key]
        confirmed = {n: judgement for n, judgement in judgements.items() if judgement.confirmed}
        near = {number for number, judgement in confirmed.items() if judgement.outcome in NEAR}
        suggested = {n for n in confirmed if (n, strand.key) in pairs}
        if near:
            recall = len(near & suggested) / len(near)
            precision = len(near & suggested) / len(suggested) if suggested else 0.0
            unsure = "; suggestions not reliable" if recall < RELIABLE else ""
            yield (
                f"{strand.key}: precision {precision:.2f}, recall {recall:.2f} "
                f"of {len(near)} confirmed{unsure}"
            )


@part
def quiet(snapshot: Snapshot) -> dict[int, str]:
    """Initiatives of others that have gone quiet, each with why."""
    evidence = evidence_of(snapshot)
    months = evidence.rules.thresholds.quiet_months
    began = {row.row_id: row.made for row in snapshot.reading.history(Initiative)}
    reasons = {}
    for number, initiative in evidence.register.items():
        if evidence.is_own(number) or initiative.code("status") in ("ended", "superseded"):
            continue
        if gone := _pages_gone(snapshot, initiative):
            reasons[number] = gone
            continue
        sign = _last_sign(initiative, snapshot.pages_of.get(number, []))
        since = sign or snapshot.acts[began[number]].at.date()
        if months_between(since.isoformat(), evidence.rules.today) > months:
            reasons[number] = f"no sign since {since}" if sign else f"undated, here since {since}"
    return reasons


def _pages_gone(snapshot: Snapshot, initiative: StoredInitiative) -> str:
    """What is said where the pages of an initiative are gone; "" where they are not."""
    bodies, publishers = snapshot.declarations.bodies, snapshot.declarations.publishers
    owner = bodies.name(initiative.profile.organisation)
    pages = snapshot.every_page_of.get(initiative.id, [])
    own = [page for page in pages if bodies.name(publishers.get(page.source) or "") == owner]
    if not pages or not all(page.gone for page in own or pages):
        return ""
    return "its owner's pages are gone" if own else "its pages are gone"


def _last_sign(initiative: StoredInitiative, pages: Sequence[StoredDocument]) -> date | None:
    """The last day by which it is known to have been alive; None where nothing is dated."""
    days = [*(page.dated for page in pages), initiative.profile.status_seen]
    return max((day for day in days if day is not None), default=None)
