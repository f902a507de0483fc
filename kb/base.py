"""KnowledgeBase: everything kb does in one home, one attribute a room.

    with kb.connect("data", by="ana") as base:
        gaps = base.assess.gaps().rows

What lists takes a snapshot at the moment that the base reads at: now, or the one given to `at`.
"""

import os
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from kb.assess import (
    assessments,
    changes,
    coding_sheet,
    conflicts,
    gaps,
    offers,
    outcomes,
    page_changes,
    proposals,
    recheck,
    sheet_changes,
    strand_cards,
)
from kb.home import Home, Settings, find_home
from kb.keep.acts import Moment
from kb.register import edits, erasure, imports, merges
from kb.register.new_home import make_home
from kb.report import briefing, captures, digest, evidence_map, lists, pack, show
from kb.report.named_lists import LISTS
from kb.screen import agreement, deciding, derive, duplicates, flow, inbox, review, second_codes
from kb.table import Table
from kb.workspace import saved_searches, sources
from kb.workspace.snapshot import Reader, Snapshot, snapshot
from kb.workspace.workspace import Clock, Workspace, now_utc


class Scan:
    """The sites that are scanned."""

    def __init__(self, workspace: Workspace, read: Reader) -> None:
        self.set_state = partial(sources.set_state, workspace)
        self.move = partial(sources.move, workspace)
        self.draft = partial(sources.draft, workspace)
        self.undeclared = partial(sources.undeclared, workspace)
        self.wrongly_declared = partial(sources.wrongly_declared, workspace)
        self.confirm = partial(sources.confirm, workspace)
        self.add = partial(sources.add, workspace)
        self.record_search = partial(sources.record_search, workspace)
        self.check = read(sources.check)
        self.list = read(lists.sources)
        self.runs = read(lists.runs_list)
        self.run = read(captures.run_in_full)


class Screen:
    """Pages that wait, what people decide on them, and the searches that bring more."""

    def __init__(self, workspace: Workspace, read: Reader) -> None:
        self.decide = partial(deciding.decide, workspace)
        self.review = partial(review.Review, workspace)
        self.derive = partial(derive.derive, workspace)
        self.save_search = partial(saved_searches.add, workspace)
        self.remove_search = partial(saved_searches.remove, workspace)
        self.news = partial(saved_searches.news, workspace)
        self.searches = read(saved_searches.saved_searches)
        self.inbox = read(inbox.inbox)
        self.same = read(duplicates.same)
        self.doubles = read(duplicates.doubles)
        self.flow = read(flow.flow)
        self.agreement = read(agreement.agreement)
        self.criteria = read(review.criteria)
        self.guesses = read(review.guesses)
        self.code_again = partial(second_codes.code_again, workspace)


class Register:
    """What initiatives are."""

    def __init__(self, workspace: Workspace, read: Reader) -> None:
        self.import_rows = partial(imports.import_rows, workspace)
        self.tag = partial(edits.tag, workspace)
        self.edit = partial(edits.edit, workspace)
        self.undo = partial(edits.undo, workspace)
        self.merge = partial(merges.merge, workspace)
        self.split = partial(merges.split, workspace)
        self.not_same = partial(merges.not_same, workspace)
        self.forget = partial(erasure.forget, workspace)
        self.everywhere = read(erasure.everywhere)
        self.list = read(lists.initiatives)
        self.decisions = read(lists.decisions)
        self.initiative = read(show.initiative)
        self.document = read(show.document)
        self.history = read(show.history)
        self.difference = read(show.difference)
        self.capture = read(captures.capture)


class Assess:
    """What initiatives are to the offer."""

    def __init__(self, workspace: Workspace, read: Reader) -> None:
        self.assess = partial(assessments.assess, workspace)
        self.no_overlap = partial(assessments.no_overlap, workspace)
        self.renew = partial(assessments.renew, workspace)
        self.resolve = partial(conflicts.resolve, workspace)
        self.accept = partial(offers.accept, workspace)
        self.note_result = partial(outcomes.note_result, workspace)
        self.take_coding = partial(sheet_changes.take_coding, workspace)
        self.moved_between = partial(changes.moved_between, workspace)
        self.overlaps = read(gaps.overlaps)
        self.gaps = read(gaps.gaps)
        self.gaps_by = read(gaps.gaps_by)
        self.recheck = read(recheck.recheck)
        self.changes = read(page_changes.changes)
        self.conflicts = read(conflicts.conflicts)
        self.differences = read(conflicts.differences)
        self.proposals = read(proposals.in_order)
        self.proposal_card = read(proposals.proposal_card)
        self.offer = read(offers.offer)
        self.offer_diff = read(offers.offer_diff)
        self.offer_history = read(offers.offer_history)
        self.worked = read(outcomes.worked)
        self.suggest = read(outcomes.suggest)
        self.quiet = read(outcomes.quiet)
        self.coding_sheet = read(coding_sheet.coding_sheet)
        self.strand_cards = read(strand_cards.strand_cards)
        self.passage = read(strand_cards.passage)


class Report:
    """What readers get."""

    def __init__(self, workspace: Workspace, read: Reader) -> None:
        self.status = read(lists.status)
        self.map = read(evidence_map.evidence_map)
        self.brief = read(briefing.brief)
        self.pack = read(pack.pack)
        self.digest = read(digest.digest)


class KnowledgeBase:
    """One knowledge base, opened; use it in a `with`."""

    def __init__(self, workspace: Workspace, moment: Moment | None = None) -> None:
        self.workspace = workspace
        self.moment = moment
        read = Reader(workspace, moment)
        self.sources = Scan(workspace, read)
        self.screen = Screen(workspace, read)
        self.register = Register(workspace, read)
        self.assess = Assess(workspace, read)
        self.report = Report(workspace, read)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives back the store."""
        self.workspace.close()

    def at(self, moment: Moment | date | None) -> "KnowledgeBase":
        """The same knowledge base, its lists as of that moment, or the end of that day."""
        day = moment.date() if isinstance(moment, datetime) else moment
        at = self.workspace.moment(day) if isinstance(day, date) else day
        return KnowledgeBase(self.workspace, at)

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """One read transaction, for several lists that must agree."""
        return snapshot(self.workspace, self.moment)

    def table(self, name: str) -> Table[Any]:
        """The list of that name, whole; `LISTS` of `kb.report.named_lists` has the names."""
        with self.snapshot() as opened:
            return LISTS[name](opened)


def make(home: Home, *, by: str, register: bool = True, clock: Clock = now_utc) -> KnowledgeBase:
    """A new knowledge base in that folder; see `kb.register.new_home`."""
    return KnowledgeBase(make_home(home, by=by, register=register, clock=clock))


def connect(
    folder: str | os.PathLike[str], *, by: str | None = None, clock: Clock = now_utc
) -> KnowledgeBase:
    """The knowledge base in that folder, for use in a `with`. Raises NoHome where there is none.

    Acts are `by` who is named, else KB_USER, else the login name; `clock` says when.
    """
    settings = Settings.read(os.environ)
    home = find_home(str(folder), settings, Path(folder))
    return KnowledgeBase(Workspace(home, by=by or settings.user, clock=clock))
