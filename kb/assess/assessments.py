"""Assessments: what a person decides on one initiative and one strand, held to a quote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.assess.judgements import judgements_of, lineage_of
from kb.assess.levels import Answers
from kb.errors import QuoteNotFound, Refused
from kb.keep import register
from kb.keep.acts import ActKind
from kb.keep.assignments import check_level
from kb.keep.decisions import Assessment, Basis, Level
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.screen.second_readings import draw_level
from kb.table import column
from kb.text import quotes
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace, parse_enum

NOT_ASKED = Answers()
NEEDED = ("role", "reach")  # before anything is confirmed


@dataclass(frozen=True)
class Assessed:
    """An assessment as it was saved."""

    strand: str = column("The key of a strand of the offer.")
    initiative: str = column("The slug of the initiative.")
    level: Level = column("What the initiative is to the strand.")
    basis: Basis = column("confirmed, or proposed.")
    quote: str | None = column("The passage that it is pinned to.")
    made_by: str = column("Who made it.")


@dataclass(frozen=True)
class PinnedQuote:
    """A quote where it stands in the current version of a page."""

    page: StoredDocument
    place: quotes.Place


def assess(
    workspace: Workspace,
    name: str,
    strand: str,
    level: Level | str,
    *,
    quote: str = "",
    why: str = "",
    answers: Answers = NOT_ASKED,
) -> Assessed:
    """Saves a person's assessment, in place of the one they made before.

    With a quote it is confirmed; without one it is a proposal, but for `no-overlap`, which needs
    none. Raises QuoteNotFound, with the nearest passage, where no current page of the initiative
    holds the quote; Refused for a level against the answers without a reason.
    """
    target = workspace.declarations.offer.get(strand)
    level = parse_enum(Level, level, where="the code book")
    if answers.level not in (None, level) and not why.strip():
        raise Refused(
            f"the answers come to {answers.level}, not {level}", hint="say why: --why TEXT"
        )
    confirmed = bool(quote) or level == Level.no_overlap
    with snapshot(workspace) as now:
        initiative = workspace.initiative(now.reading, name)
        if confirmed:
            _check_coded(initiative)
        pinned = pin(now, initiative, quote) if quote else None
        check_level(now.reading, workspace.able, workspace.by, (initiative.id, target.key), level)
    row = new_assessment(
        workspace, initiative.id, target.key, level, pinned, confirmed=confirmed, why=why,
        answers=answers,
    )  # fmt: skip
    command = f"assess {initiative.slug} {target.key} {level}"
    with workspace.writing(ActKind.assess, command, subject=initiative.slug, why=why) as writing:
        draw_level(workspace, writing, initiative.slug, row)
        register.save_assessment(writing, row)
    return Assessed(
        strand=target.key,
        initiative=initiative.slug,
        level=level,
        basis=row.basis,
        quote=row.quote or None,
        made_by=workspace.by,
    )


def no_overlap(workspace: Workspace, name: str, strands: Sequence[str]) -> int:
    """Says of several strands, as one act, that an initiative does not overlap; of how many.

    Raises Refused for one whose role or reach is not coded, Unknown for a strand of no such key.
    """
    offer = workspace.declarations.offer
    keys = list(dict.fromkeys(offer.get(strand).key for strand in strands))
    with workspace.store.reading() as reading:
        initiative = workspace.initiative(reading, name)
        for key in keys:
            pair = (initiative.id, key)
            check_level(reading, workspace.able, workspace.by, pair, Level.no_overlap)
    _check_coded(initiative)
    command = f"assess {initiative.slug} {','.join(keys)} {Level.no_overlap}"
    with workspace.writing(ActKind.assess, command, subject=initiative.slug) as writing:
        for key in keys:
            row = new_assessment(
                workspace, initiative.id, key, Level.no_overlap, None, confirmed=True,
                answers=Answers(same_purpose=False),
            )  # fmt: skip
            register.save_assessment(writing, row)
    return len(keys)


def new_assessment(
    workspace: Workspace,
    initiative: int,
    strand: str,
    level: Level,
    pinned: PinnedQuote | None,
    *,
    confirmed: bool,
    why: str = "",
    answers: Answers = NOT_ASKED,
) -> Assessment:
    """The row of an assessment by who acts here, not saved yet."""
    return Assessment(
        initiative=initiative,
        strand=strand,
        person=workspace.by,
        level=level,
        basis=Basis.confirmed if confirmed else Basis.proposed,
        **vars(answers),
        why=why,
        quote=pinned.place.spelt if pinned else "",
        revision=pinned.page.revision if pinned else None,
        place=pinned.place.start if pinned else None,
        strand_version=workspace.declarations.offer.get(strand).version,
    )


def _check_coded(initiative: StoredInitiative) -> None:
    missing = [facet for facet in NEEDED if not initiative.code(facet)]
    if missing:
        raise Refused(
            f"{initiative.slug!r} has no {' and no '.join(missing)} yet",
            hint=f"kb tag {initiative.slug} {' '.join(f'{facet}=CODE' for facet in missing)}",
        )


def pin(snapshot: Snapshot, initiative: StoredInitiative, quote: str) -> PinnedQuote:
    """The quote where it stands in a current page of the initiative.

    Raises QuoteNotFound, with the nearest passage, where none holds it.
    """
    quote = quotes.check(quote)
    pages = snapshot.pages_of.get(initiative.id, [])
    texts = snapshot.texts(pages)
    pinned = locate_in(pages, texts, quote)
    if pinned and pinned.page.described:
        whole = len(texts[pages.index(pinned.page)])
        if 2 * pinned.place.length > whole:
            raise Refused(
                f"the quote has {pinned.place.length} of the {whole} characters that were "
                "described to us, and those are never exported whole",
                hint="quote at most half; attach more of what you were given",
            )
    if pinned:
        return pinned
    if not pages:
        raise QuoteNotFound(
            f"no page of {initiative.slug!r} is held, so nothing can be quoted from it",
            hint="kb crawl --register fetches the registered addresses",
        )
    near = quotes.nearest(quote, texts)
    raise QuoteNotFound(
        f"the quote {quote!r} is not in a current page of {initiative.slug!r}",
        hint=f"the nearest passage: {near!r}" if near else f"it stands on {pages[0].url}",
    )


def locate_in(
    pages: Iterable[StoredDocument], texts: Iterable[str], quote: str
) -> PinnedQuote | None:
    """The quote in the first of the pages that holds it; None where none does."""
    for page, text in zip(pages, texts, strict=True):
        if place := quotes.locate(quote, text):
            return PinnedQuote(page, place)
    return None


def renew(
    workspace: Workspace, name: str, strand: str, *, quote: str = "", why: str = ""
) -> Assessed:
    """Says again what holds, by the quote given, else by the one it had.

    Raises Refused where nothing was said; QuoteNotFound where no current page has the quote.
    """
    with snapshot(workspace) as now:
        initiative = workspace.initiative(now.reading, name)
        offer = now.declarations.offer
        key = offer.get(strand).key
        judgements = judgements_of(now.reading, lineage_of(now.reading, offer))
    judgement = judgements.get((initiative.id, key))
    if judgement is None:
        raise Refused(f"nothing was said of {initiative.slug!r} and {key!r}", hint="kb assess")
    row = judgement.leading
    answers = Answers(row.same_purpose, row.same_audience, row.same_means, row.open_now)
    return assess(
        workspace,
        initiative.slug,
        key,
        row.level,
        quote=quote or row.quote,
        why=why or row.why,
        answers=answers,
    )
