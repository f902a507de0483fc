"""Screening: the inbox, and what people decide on documents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.base.core import Rows, chosen
from kb.base.identifying import Identifies
from kb.base.indexing import source_organisations
from kb.base.registering import address_of
from kb.declare.register import slug_of
from kb.errors import Refused
from kb.keep import documents, outlines, register
from kb.keep.documents import Held
from kb.keep.found import Relevance, Revision, State
from kb.keep.merging import merges
from kb.keep.outlines import Outline
from kb.keep.said import Assessment, Decision, Initiative, Membership, Profile, Screening
from kb.keep.store import Reading, Writing
from kb.screen.relevance import Scorer

INBOX = "document relevance title organisation url terms similar_to source first_seen".split()
NAMES_OF_TERMS = 4
WITH_IT = "has the text of d"  # why a copy was decided as its leader was


@dataclass(frozen=True)
class Waiting:
    """A page to screen, and the documents that have its text and are decided with it."""

    page: Outline
    copies: tuple[int, ...]


@dataclass(frozen=True)
class Said:
    """A decision as it is said of a document."""

    decision: Decision
    initiatives: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    reason: str = ""
    why: str = ""


class Screens(Identifies):
    """What people do with pages."""

    def inbox(
        self, *, everything: bool = False, at: int | None = None, limit: int | None = None
    ) -> Rows:
        """Documents to screen, the likeliest first; with `everything` also below the threshold.

        Never one that somebody screened, that belongs to an initiative, or that is gone.
        """
        with self.store.reading(at) as reading:
            declarations = self.declared(reading)
            threshold = 0.0 if everything else declarations.lexicon.inbox.threshold
            waiting = [each.page.id for each in self.waiting(reading, threshold)[:limit]]
            pages = {each.id: each for each in documents.each_held(reading, waiting)}
            first = documents.first_seen(reading)
            known = self.known(reading)
        organisations = source_organisations(declarations)
        rows: list[dict[str, object]] = [
            {
                "document": f"d{held.id}",
                "relevance": held.relevance.score if held.relevance else None,
                "title": held.revision.title,
                "organisation": organisations.get(held.document.source) or None,
                "url": held.standing.url,
                "terms": terms_shown(held.relevance),
                "similar_to": [
                    entry.slug for entry, likeness in known.likeliest(held) if likeness.same
                ]
                or None,
                "source": held.document.source,
                "first_seen": first.get(held.id),
            }
            for held in (pages[number] for number in waiting)
        ]
        return Rows("inbox", tuple(INBOX), rows)

    def waiting(self, reading: Reading, threshold: float) -> list[Waiting]:
        """Pages to screen, the likeliest first, each once: copies wait behind the one that leads.

        What has the text of a page that was judged does not wait: it was judged with it.
        """
        judged = documents.verdicts(reading).keys() | documents.memberships(reading).keys()
        pages = [
            each
            for each in outlines.outlines(reading)
            if each.id in judged or ((each.score or 0.0) >= threshold and each.state != State.gone)
        ]
        groups = self.copies(reading, pages)
        found = []
        for each in pages:
            group = groups.get(each.id, [each.id])
            if each.id == group[0] and not judged & set(group):
                found.append(Waiting(each, tuple(group[1:])))
        return sorted(found, key=lambda waiting: (-(waiting.page.score or 0.0), waiting.page.id))

    def screen(
        self,
        named: Sequence[str],
        decision: Decision | str,
        *,
        initiatives: Sequence[str] = (),
        titles: Sequence[str] = (),
        reason: str = "",
        why: str = "",
    ) -> list[dict[str, object]]:
        """A decision on one or more documents, as one act; a row for each.

        `include` makes an initiative of each document, unless `initiatives` names those it
        belongs to, or it belongs to one already; one more for each of `titles`, since a page
        may hold several. `exclude` needs a reason of the code book. Copies of a document that
        wait with it are decided with it.
        """
        decision = chosen(Decision, decision, where="kb screen")
        reason = self._reason(decision, reason)
        if (initiatives or titles) and decision != Decision.include:
            raise Refused(
                f"--as and --new go with include, not with {decision}",
                hint="leave one of the two out",
            )
        with self.store.reading() as reading:
            held = [self.document(reading, name) for name in dict.fromkeys(named)]
            targets = [self.initiative(reading, name) for name in initiatives]
            copied = self._copies_waiting(reading, held)
        names = " ".join(f"d{each.id}" for each in held)
        said = Said(decision, tuple(entry.id for entry in targets), tuple(titles), reason, why)
        with self.writing(f"screen {names} {decision}", why=why) as writing:
            rows = []
            for page in held:
                rows.append(self._decide(writing, page, said))
                joined = documents.memberships(writing).get(page.id, set())
                for copy in copied.get(page.id, []):
                    why = f"{WITH_IT}{page.id}"
                    with_it = replace(said, initiatives=tuple(sorted(joined)), titles=(), why=why)
                    rows.append(self._decide(writing, copy, with_it))
            return rows

    def _copies_waiting(self, reading: Reading, held: Sequence[Held]) -> dict[int, list[Held]]:
        """Document to its copies that nobody screened and that belong to no initiative."""
        judged = documents.verdicts(reading).keys() | documents.memberships(reading).keys()
        judged |= {each.id for each in held}
        with_it = {
            (row.document, row.why)
            for row in reading.rows(Screening, person=self.by)
            if row.why.startswith(WITH_IT)
        }
        every = [each for each in outlines.outlines(reading) if each.state != State.gone]
        groups = self.copies(reading, every)
        copied = {
            each.id: [
                number
                for number in groups.get(each.id, [])
                if number not in judged or (number, f"{WITH_IT}{each.id}") in with_it
            ]
            for each in held
        }
        wanted = sorted({number for numbers in copied.values() for number in numbers})
        pages = {each.id: each for each in documents.each_held(reading, wanted)}
        return {led: [pages[number] for number in numbers] for led, numbers in copied.items()}

    def _reason(self, decision: Decision, reason: str) -> str:
        if decision == Decision.exclude:
            if not reason:
                known = ", ".join(self.declarations.book.codes["exclusion_reason"])
                raise Refused("exclude needs a reason", hint=f"--reason one of: {known}")
            return self.declarations.book.check("exclusion_reason", reason)
        if reason:
            raise Refused(f"--reason goes with exclude, not with {decision}", hint="--why TEXT")
        return ""

    def _decide(self, writing: Writing, held: Held, said: Said) -> dict[str, object]:
        documents.screened(
            writing,
            Screening(
                document=held.id,
                person=self.by,
                decision=said.decision,
                reason=said.reason,
                why=said.why,
            ),
        )
        belongs = documents.memberships(writing).get(held.id, set())
        joined = list(said.initiatives)
        if said.decision == Decision.include:
            joined += [self._make(writing, held, title) for title in said.titles]
            if not joined and not belongs:
                joined = [self._make(writing, held)]
            for number in joined:
                if number not in belongs:
                    writing.add(Membership(document=held.id, initiative=number))
        elif not _included_by_others(writing, held, self.by):
            self._leave(writing, held)
        entries = register.entries(writing, joined or sorted(belongs))
        return {
            "document": f"d{held.id}",
            "decision": said.decision.value,
            "reason": said.reason or None,
            "person": self.by,
            "initiatives": [entry.slug for entry in entries.values()],
        }

    def _make(self, writing: Writing, held: Held, titled: str = "") -> int:
        """A new initiative, as its page describes it.

        One that shares its page with others (`titled`) is not at the page's address alone: it
        is known by membership.
        """
        organisation = source_organisations(self.declarations).get(held.document.source) or ""
        body = self.declarations.bodies.find(organisation)
        taken = frozenset(register.slugs(writing))
        title = titled.strip() or held.revision.title or held.standing.url
        made = writing.add(Initiative(slug=slug_of(title, organisation, taken)))
        number = made.id or 0
        writing.add(
            Profile(
                initiative=number,
                title=title,
                organisation=organisation or "unknown",
                organisation_kind=body.kind if body else "",
                summary="" if titled else held.revision.summary,
                url=held.standing.url,
                address=None if titled else address_of(held.standing.url),
                url_is="owner",
                status_seen=held.revision.fetched_at.date(),
            )
        )
        return number

    def _leave(self, writing: Writing, held: Held) -> None:
        """The document leaves its initiatives; one made from it alone goes with it."""
        for row in writing.rows(Membership, document=held.id):
            writing.end(row)
            others = writing.rows(Membership, initiative=row.initiative)
            initiative = writing.get(Initiative, row.initiative)
            if others or not initiative or initiative.made != row.made:
                continue
            if not self._others_work(writing, row.initiative):
                for profile in writing.rows(Profile, initiative=row.initiative):
                    writing.end(profile)

    def _others_work(self, writing: Writing, number: int) -> bool:
        """True where something was merged into the initiative, or another person assessed it."""
        said = writing.rows(Assessment, initiative=number)
        merged = number in merges(writing).values()
        return merged or any(each.person != self.by for each in said)

    def score_revisions(self, writing: Writing, scorer: Scorer, fresh: Sequence[Revision]) -> None:
        """Scores those revisions, in place of what an older lexicon said of them."""
        for revision in fresh:
            scored = scorer.score(revision.title, revision.summary, revision.text)
            for before in writing.rows(Relevance, revision=revision.id):
                writing.end(before)
            writing.add(
                Relevance(
                    revision=revision.id or 0,
                    lexicon=scorer.version,
                    score=scored.score,
                    terms=[vars(each) for each in scored.found],
                )
            )

    def rescore(self) -> int:
        """Scores what the present lexicon has not scored, as one act if there is any; how many."""
        scorer = Scorer(self.declarations.lexicon)
        with self.store.reading() as reading:
            if not documents.without_relevance(reading, scorer.version):
                return 0
        with self.writing("rescore") as writing:
            fresh = documents.without_relevance(writing, scorer.version)
            self.score_revisions(writing, scorer, fresh)
            return len(fresh)


def _included_by_others(writing: Writing, held: Held, person: str) -> bool:
    """True where somebody else stands for including: then it is a conflict, and nothing moves."""
    rows = writing.rows(Screening, document=held.id, decision=Decision.include)
    return any(row.person != person for row in rows)


def terms_shown(relevance: Relevance | None) -> list[str]:
    """The forms that spoke loudest, with where they stood: `allyship (title)`."""
    found = relevance.terms if relevance else []
    return [f"{each['form']} ({each['where']})" for each in found[:NAMES_OF_TERMS]]
