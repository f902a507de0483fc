"""What pages of the register say now, against what they said when a person last looked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.keep import documents
from kb.keep.crawled import Relevance, Standing, State
from kb.keep.decisions import Assessment, Decision, Membership, Screening
from kb.keep.documents import StoredDocument
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, part

MOST_LOST = 0.5  # of its text: with more of it gone, a page says something else


@dataclass(frozen=True)
class PageChange:
    """A page of an initiative that is no longer as it was when a person last looked at it."""

    initiative: str = column("The slug of the initiative, which stays.", narrow=True)
    document: str = column("The number of a page that is held.", narrow=True)
    title: str = column("Its name.")
    url: str = column("Its address.")
    since: date = column("The day it was found so.", narrow=True)
    says_else: str | None = column(
        "Why the inclusion is to be re-checked; nothing where the page only changed.", narrow=True
    )
    fall: float = column("By how much its relevance fell, 0 to 1; all of it if gone.", narrow=True)
    relevance_before: float | None = column("Its relevance then.")
    relevance: float | None = column("Its relevance now.")
    characters_before: int = column("How long its text was then.")
    characters: int = column("How long its text is now.")


def changes(snapshot: Snapshot, since: date | None = None) -> Table[PageChange]:
    """Pages of the register that changed since a person last looked, the largest fall first.

    With `since` only what was found so after that day. A person looks by including the page, or
    by quoting from it; what nobody looked at is compared with how it was first met.
    """
    rows = [row for row in page_changes(snapshot) if since is None or row.since > since]
    return Table("changes", PageChange, rows)


@part
def page_changes(snapshot: Snapshot) -> list[PageChange]:
    """Every such page, the largest fall first."""
    rows = list(_changes(snapshot))
    return sorted(rows, key=lambda row: (not row.says_else, -row.fall, row.initiative))


def pages_say_else(snapshot: Snapshot) -> dict[str, str]:
    """Slug to what became of its pages, of those whose inclusion is to be re-checked."""
    words_by_slug: dict[str, str] = {}
    for row in page_changes(snapshot):
        if row.says_else:
            words = f"{row.document}: {row.says_else}, since {row.since}"
            words_by_slug[row.initiative] = "; ".join(
                filter(None, (words_by_slug.get(row.initiative), words))
            )
    return words_by_slug


def _changes(snapshot: Snapshot) -> Iterator[PageChange]:
    reading = snapshot.reading
    pages = {
        page.id: page
        for page in snapshot.pages
        if page.id in snapshot.memberships and not _left_out(snapshot, page.id)
    }
    standings = documents.changed_standings(reading, pages)
    looked = _last_looks(snapshot)
    pairs = []
    for number, history in standings.items():
        then = _valid_at(history, looked.get(number, 0))
        now = history[-1]
        changed = then.revision != now.revision or (now.state == State.gone) != (
            then.state == State.gone
        )
        if changed:
            pairs.append((pages[number], then, now))
    revisions = {standing.revision for _, then, now in pairs for standing in (then, now)}
    lengths = documents.text_lengths(reading, revisions)
    for page, then, now in pairs:
        rows = reading.history(Relevance, revision=then.revision)
        before = rows[-1].score if rows else None
        yield from _rows(snapshot, page, now, before, lengths[then.revision], lengths[now.revision])


def _left_out(snapshot: Snapshot, document: int) -> bool:
    """True for a page that a person excluded: that its address belongs here says nothing more."""
    verdict = snapshot.verdicts.get(document)
    return verdict is not None and verdict.outcome == Decision.exclude


def _last_looks(snapshot: Snapshot) -> dict[int, int]:
    """Document to the last act by which a person included it, or quoted from it."""
    reading, looked = snapshot.reading, dict[int, int]()
    looks = [(row.document, row.made) for row in reading.rows(Membership)]
    included = reading.rows(Screening, decision=Decision.include)
    looks += [(row.document, row.made) for row in included]
    quoting = [row for row in reading.rows(Assessment) if row.revision]
    quoted = documents.of_revisions(reading, {row.revision or 0 for row in quoting})
    looks += [(quoted[row.revision], row.made) for row in quoting if row.revision in quoted]
    for document, act in looks:
        looked[document] = max(looked.get(document, 0), act)
    return looked


def _valid_at(history: list[Standing], act: int) -> Standing:
    """The standing that was valid at the act; the first where there was none yet."""
    return next((row for row in reversed(history) if row.made <= act), history[0])


def _rows(
    snapshot: Snapshot,
    page: StoredDocument,
    now: Standing,
    before: float | None,
    characters_before: int,
    characters: int,
) -> Iterator[PageChange]:
    threshold = snapshot.declarations.lexicon.inbox.threshold
    after = 0.0 if page.gone else page.score
    says_else = None
    if page.gone:
        says_else = "it is gone"
    elif before is not None and after is not None and before >= threshold > after:
        says_else = f"relevance fell from {before:.2f} to {after:.2f}"
    elif characters < MOST_LOST * characters_before:
        says_else = f"its text fell from {characters_before} to {characters} characters"
    for number in snapshot.memberships[page.id]:
        if number in snapshot.register and number not in snapshot.own:
            yield PageChange(
                initiative=snapshot.register[number].slug,
                document=page.name,
                title=page.title,
                url=page.url,
                since=snapshot.acts[now.made].at.date(),
                says_else=says_else,
                fall=round(max(0.0, (before or 0.0) - (after or 0.0)), 4),
                relevance_before=before,
                relevance=None if page.gone else page.score,
                characters_before=characters_before,
                characters=0 if page.gone else characters,
            )
