"""One initiative or one document in full: what stands of it, its diary, its versions."""

from difflib import ndiff
from typing import Any

from kb.assess.quotes import SENTENCE_END, locate
from kb.base.assessing import pages_of
from kb.base.core import Rows, is_document, numbered
from kb.base.offering import Offers
from kb.declare.codebook import FACETS
from kb.errors import Unknown
from kb.keep import documents, register
from kb.keep.acts import Row
from kb.keep.found import Revision, Standing, State
from kb.keep.said import (
    Assessment,
    Kinship,
    Membership,
    Merge,
    Profile,
    Relation,
    Result,
    Screening,
    Tag,
)
from kb.keep.store import Reading

HISTORY = "at by act what said why".split()


class Shows(Offers):
    """One thing at a time."""

    def history(self, named: str, *, at: int | None = None) -> Rows:
        """Everything said of an initiative or document, as a diary, oldest first."""
        with self.store.reading(at) as reading:
            number, models, column = self._subject(reading, named)
            acts = {act.id: act for act in reading.acts()}
            lines: list[tuple[int, str, str, int]] = []
            for model in models:
                for row in reading.history(model, **{column: number}):
                    table = model.__name__.casefold()
                    for act, what in ((row.made, "said"), (row.ended, "ended")):
                        if act is not None and act in acts:
                            lines.append((act, f"{table} {what}", _told(row), row.id or 0))
            if column == "initiative":
                lines += _carried(reading, number)
        lines.sort(key=lambda line: (line[0], line[1].split()[-1], line[3]))
        rows: list[dict[str, object]] = [
            {
                "at": acts[act].at,
                "by": acts[act].by,
                "act": acts[act].command,
                "what": what,
                "said": said,
                "why": acts[act].why or None,
            }
            for act, what, said, _ in lines
        ]
        return Rows("history", tuple(HISTORY), rows)

    def _subject(self, reading: Reading, named: str) -> tuple[int, tuple[type[Row], ...], str]:
        if is_document(named):
            held = self.document(reading, named)
            return held.id, (Standing, Screening, Membership), "document"
        known = register.slugs(reading)
        number = numbered(named) or known.get(named.casefold())
        if number is None or number not in known.values():
            raise Unknown("initiative", named, known, where="the register")
        return number, (Profile, Tag, Relation, Merge, Assessment, Result, Membership), "initiative"

    def versions(self, named: str) -> list[Revision]:
        """The versions of a document in the order in which they stood, the present one last."""
        with self.store.reading() as reading:
            held = self.document(reading, named)
            stood = reading.history(Standing, document=held.id)
            found = [reading.get(Revision, row.revision) for row in stood]
        versions = [revision for revision in found if revision is not None]
        return [each for n, each in enumerate(versions) if n == 0 or each.id != versions[n - 1].id]

    def difference(self, named: str) -> list[str]:
        """The sentences by which a document's present version differs from the one before.

        Lines begin with `- ` (went) or `+ ` (came); none where there is one version alone.
        """
        versions = self.versions(named)
        if len(versions) < 2:
            return []
        before, after = (passages_of(each) for each in versions[-2:])
        compared = ndiff(before, after)
        return [line for line in compared if line.startswith(("- ", "+ "))]

    def show(self, named: str, *, at: int | None = None) -> dict[str, Any]:
        """One initiative, or one document, with everything that stands of it."""
        with self.store.reading(at) as reading:
            if is_document(named):
                return self._show_document(reading, named)
            entry = self.initiative(reading, named)
            declarations = self.declared(reading)
            slugs = {number: slug for slug, number in register.slugs(reading).items()}
            judgements = self.judgements(reading)
            pages = pages_of(reading, entry.id)
            parts = [
                other.slug
                for other in register.entries(reading).values()
                if entry.id in other.relations.get(Kinship.part_of, [])
            ]
        profile = entry.profile
        return {
            "id": entry.id,
            "slug": entry.slug,
            **profile.model_dump(exclude={"id", "made", "ended", "initiative", "address"}),
            "own": declarations.bodies.name(profile.organisation) in declarations.ours,
            **{facet: entry.codes(facet) for facet in FACETS},
            **{
                kinship.value.replace("-", "_"): [slugs[number] for number in others]
                for kinship, others in entry.relations.items()
            },
            "parts": parts,
            "assessments": [
                {
                    "strand": strand,
                    "level": judgement.outcome,
                    "basis": judgement.leading.basis.value,
                    "quote": judgement.leading.quote or None,
                    "why": judgement.leading.why or None,
                    "by": judgement.leading.person,
                }
                for (number, strand), judgement in judgements.items()
                if number == entry.id
            ],
            "documents": [{"document": f"d{held.id}", "url": held.standing.url} for held in pages],
        }

    def _show_document(self, reading: Reading, named: str) -> dict[str, Any]:
        held = self.document(reading, named)
        slugs = {number: slug for slug, number in register.slugs(reading).items()}
        belongs = documents.memberships(reading).get(held.id, set())
        verdict = documents.verdicts(reading).get(held.id)
        return {
            "document": f"d{held.id}",
            "title": held.revision.title,
            "source": held.document.source,
            "url": held.standing.url,
            "state": held.standing.state.value,
            "fetched_at": held.revision.fetched_at,
            "published_on": held.revision.published_on,
            "published_from": held.revision.published_from or None,
            "relevance": held.relevance.score if held.relevance else None,
            "terms": held.relevance.terms if held.relevance else [],
            "screening": verdict.outcome if verdict else None,
            "initiatives": sorted(slugs[number] for number in belongs),
            "text": held.revision.text,
        }


def _told(row: Row) -> str:
    hidden = {"initiative", "document", "address", "why"}
    said = {name: value for name, value in row.said().items() if name not in hidden and value}
    return ", ".join(f"{name}: {value}" for name, value in said.items())


def _carried(reading: Reading, number: int) -> list[tuple[int, str, str, int]]:
    """For each quote the later versions of its page, and whether it still stood in them."""
    lines = []
    for row in reading.history(Assessment, initiative=number):
        pinned = reading.get(Revision, row.revision) if row.revision else None
        if pinned is None:
            continue
        for stood in reading.history(Standing, document=pinned.document):
            later = stood.made > row.made and (row.ended is None or stood.made < row.ended)
            version = reading.get(Revision, stood.revision)
            if later and version is not None and stood.revision != row.revision:
                holds = stood.state != State.gone and locate(row.quote, version.text)
                what = "quote carried" if holds else "quote gone"
                lines.append((stood.made, what, f"{row.strand}: {row.quote}", row.id or 0))
    return lines


def passages_of(revision: Revision) -> list[str]:
    """Title and sentences of a version."""
    flat = (" ".join(part.split()) for part in SENTENCE_END.split(revision.text))
    return [revision.title, *(sentence for sentence in flat if sentence)]
