"""Screening: the inbox, and what people decide on documents."""

from collections.abc import Sequence

from kb.base.core import Core, Rows, chosen
from kb.base.indexing import source_organisations
from kb.base.registering import address_of
from kb.declare.register import slug_of
from kb.errors import Refused
from kb.keep import documents, register
from kb.keep.documents import Held
from kb.keep.found import Relevance, Revision, State
from kb.keep.said import Decision, Initiative, Membership, Profile, Screening
from kb.keep.store import Reading, Writing
from kb.screen.relevance import Scorer

INBOX = "document relevance title organisation url terms similar_to source first_seen".split()
NAMES_OF_TERMS = 4


class Screens(Core):
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
            waiting = self._waiting(reading, threshold)
            first = documents.first_seen(reading)
        organisations = source_organisations(declarations)
        waiting.sort(key=lambda held: (-_score(held), held.id))
        rows: list[dict[str, object]] = [
            {
                "document": f"d{held.id}",
                "relevance": _score(held) if held.relevance else None,
                "title": held.revision.title,
                "organisation": organisations.get(held.document.source) or None,
                "url": held.standing.url,
                "terms": terms_shown(held.relevance),
                "similar_to": None,
                "source": held.document.source,
                "first_seen": first.get(held.id),
            }
            for held in waiting[:limit]
        ]
        return Rows("inbox", tuple(INBOX), rows)

    def _waiting(self, reading: Reading, threshold: float) -> list[Held]:
        judged = documents.verdicts(reading)
        belongs = documents.memberships(reading)
        return [
            held
            for held in documents.held(reading)
            if held.id not in judged
            and held.id not in belongs
            and held.standing.state != State.gone
            and _score(held) >= threshold
        ]

    def screen(
        self,
        named: Sequence[str],
        decision: Decision | str,
        *,
        initiatives: Sequence[str] = (),
        reason: str = "",
        why: str = "",
    ) -> list[dict[str, object]]:
        """A decision on one or more documents, as one act; a row for each.

        `include` makes an initiative of each document, unless `initiatives` names those it
        belongs to, or it belongs to one already. `exclude` needs a reason of the code book.
        """
        decision = chosen(Decision, decision, where="kb screen")
        reason = self._reason(decision, reason)
        if initiatives and decision != Decision.include:
            raise Refused(
                f"--as goes with include, not with {decision}", hint="leave one of the two out"
            )
        with self.store.reading() as reading:
            held = [self.document(reading, name) for name in dict.fromkeys(named)]
            targets = [self.initiative(reading, name) for name in initiatives]
        names = " ".join(f"d{each.id}" for each in held)
        with self.writing(f"screen {names} {decision}", why=why) as writing:
            return [self._decide(writing, each, decision, targets, reason, why) for each in held]

    def _reason(self, decision: Decision, reason: str) -> str:
        if decision == Decision.exclude:
            if not reason:
                known = ", ".join(self.declarations.book.codes["exclusion_reason"])
                raise Refused("exclude needs a reason", hint=f"--reason one of: {known}")
            return self.declarations.book.check("exclusion_reason", reason)
        if reason:
            raise Refused(f"--reason goes with exclude, not with {decision}", hint="--why TEXT")
        return ""

    def _decide(
        self,
        writing: Writing,
        held: Held,
        decision: Decision,
        targets: Sequence[register.Entry],
        reason: str,
        why: str,
    ) -> dict[str, object]:
        documents.screened(
            writing,
            Screening(document=held.id, person=self.by, decision=decision, reason=reason, why=why),
        )
        belongs = documents.memberships(writing).get(held.id, set())
        joined = [entry.id for entry in targets]
        if decision == Decision.include:
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
            "decision": decision.value,
            "reason": reason or None,
            "person": self.by,
            "initiatives": [entry.slug for entry in entries.values()],
        }

    def _make(self, writing: Writing, held: Held) -> int:
        """A new initiative, as its page describes it."""
        organisation = source_organisations(self.declarations).get(held.document.source) or ""
        body = self.declarations.bodies.find(organisation)
        taken = frozenset(register.slugs(writing))
        title = held.revision.title or held.standing.url
        made = writing.add(Initiative(slug=slug_of(title, organisation, taken)))
        number = made.id or 0
        writing.add(
            Profile(
                initiative=number,
                title=title,
                organisation=organisation or "unknown",
                organisation_kind=body.kind if body else "",
                summary=held.revision.summary,
                url=held.standing.url,
                address=address_of(held.standing.url),
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
            if not others and initiative and initiative.made == row.made:
                for profile in writing.rows(Profile, initiative=row.initiative):
                    writing.end(profile)

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


def _score(held: Held) -> float:
    return held.relevance.score if held.relevance else 0.0


def terms_shown(relevance: Relevance | None) -> list[str]:
    """The forms that spoke loudest, with where they stood: `allyship (title)`."""
    found = relevance.terms if relevance else []
    return [f"{each['form']} ({each['where']})" for each in found[:NAMES_OF_TERMS]]
