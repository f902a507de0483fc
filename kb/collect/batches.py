"""Pages are saved a batch at a time: each batch is an act, so that staff can go on working."""

import time

from kb.collect.runs import RunUnderWay, SameBody
from kb.contract import normalised
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.crawled import Document
from kb.keep.saving import ReadPage, Saved
from kb.keep.store import Writing

BATCH_PAGES = 50
BATCH_SECONDS = 5.0


def save_if_due(run: RunUnderWay) -> None:
    """Saves what waits where it is enough for a batch, or has waited for long."""
    late = time.monotonic() - run.saved_at > BATCH_SECONDS
    if len(run.waiting) >= BATCH_PAGES or late:
        save_waiting(run)


def save_rest(run: RunUnderWay) -> None:
    """Saves what waits, and what was held back until all pages were met."""
    run.waiting += run.one_text.rest()
    save_waiting(run)


def save_waiting(run: RunUnderWay) -> None:
    """Saves the pages of the run that wait to be saved, as one act if there are any."""
    waiting, run.waiting = run.waiting, []
    unchanged, run.unchanged = run.unchanged, {}
    run.saved_at = time.monotonic()
    if not waiting and not unchanged and not run.links:
        return
    read = [each for each in waiting if isinstance(each, ReadPage)]
    same = [each for each in waiting if isinstance(each, SameBody)]
    with run.writing(ActKind.crawl) as writing:
        saved = saving.save_all(writing, read, run=run.number)
        for page, (_, number) in zip(read, saved, strict=True):
            if page.media_type != "text/html" and page.page.found_on:
                run.links.append((number, normalised(page.page.found_on)))
        saving.add_aliases(writing, {each.document.id: each.addresses for each in same})
        saved += _note_seen(run, writing, unchanged | {each.document.id: True for each in same})
        run.links = [link for link in run.links if not saving.link(writing, run.source.name, *link)]
    for outcome, number in saved:
        run.count_saved(outcome, number)


def _note_seen(
    run: RunUnderWay, writing: Writing, requested: dict[int, bool]
) -> list[tuple[Saved, int]]:
    """Notes that documents are as they were, and whether their address was asked."""
    now = run.workspace.clock()
    rows = writing.rows_in(Document, "id", list(requested))
    for row in rows:
        saving.seen(row, now, run.number, requested=requested[row.row_id])
    return [(Saved.same, row.row_id) for row in rows]
