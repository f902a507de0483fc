"""What people correct: a profile's fields, relations, an act of their own, a conflict."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from kb.base.offering import Offers
from kb.base.registering import address_of, rewrite
from kb.errors import Refused, Unknown
from kb.keep import documents, register, undoing
from kb.keep.register import Entry
from kb.keep.said import Decision, Kinship, Level, Relation, Resolved
from kb.keep.store import Reading, Writing
from kb.keep.undoing import Undone

FIELDS = "title organisation organisation_kind summary url url_is started learning".split()
URL_IS = ("owner", "partner", "press")
STARTED = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")
NEEDED = ("title", "organisation")


class Edits(Offers):
    """Corrections. What stood before stays in the history."""

    def edit(self, named: str, texts: Sequence[str], *, why: str = "") -> dict[str, object]:
        """Sets fields of an initiative by FIELD=VALUE, an empty value for unknown; what changed.

        A relation (`part-of=SLUG`) is a field too. Raises Unknown for a field there is not,
        Refused for a value that it cannot have.
        """
        given = [_field(text) for text in texts]
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            wanted = self.checked({name: value for name, value in given if name in FIELDS})
            related = {
                Kinship(name): self._related(reading, entry, Kinship(name), value)
                for name, value in given
                if name not in FIELDS
            }
        before = entry.profile.said()
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        with self.writing(f"edit {entry.slug}", why=why) as writing:
            if changed:
                rewrite(writing, entry.profile, entry.profile.model_copy(update=changed))
            for kinship, others in related.items():
                self._relate(writing, entry, kinship, others)
        told = {name: value for name, value in changed.items() if name in dict(given)}
        slugs = {kinship.value: list(others.values()) for kinship, others in related.items()}
        return {"initiative": entry.slug, **told, **slugs}

    def checked(self, given: Mapping[str, str]) -> dict[str, str | None]:
        """Fields of a profile as they are stored, with what follows from them.

        Raises Refused or Unknown for a value that a field cannot have.
        """
        found = {name: self._value(name, value) for name, value in given.items()}
        if "url" in found:
            found["address"] = address_of(found["url"])
        if "organisation" in found and "organisation_kind" not in found:
            body = self.declarations.bodies.find(found["organisation"] or "")
            if body:
                found["organisation_kind"] = body.kind
        return found

    def _value(self, name: str, value: str) -> str | None:
        value = " ".join(value.split())
        if name in NEEDED and not value:
            raise Refused(f"{name} cannot be unknown", hint=f"{name}=TEXT")
        if name == "organisation":
            return self.declarations.bodies.name(value)
        if name == "organisation_kind":
            return self.declarations.book.check("organisation_kind", value) if value else ""
        if name == "url_is" and value and value not in URL_IS:
            raise Unknown("value", value, URL_IS, where="url_is")
        if name == "started" and value and not STARTED.fullmatch(value):
            raise Refused(f"started={value!r} is no month or year", hint="2024 or 2024-03")
        if name == "url" and value:
            try:
                parts = urlsplit(value)
                address_of(value)
            except ValueError:
                parts = urlsplit("")
            if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
                raise Refused(f"{value!r} is no address", hint="write it whole: https://…")
        return value or (None if name in ("url", "url_is", "started") else "")

    def _related(
        self, reading: Reading, entry: Entry, kinship: Kinship, value: str
    ) -> dict[int, str]:
        others = [
            self.initiative(reading, name.strip()) for name in value.split(",") if name.strip()
        ]
        entries = register.entries(reading)
        for other in others:
            if _leads_to(entries, other.id, kinship, entry.id):
                raise Refused(
                    f"{other.slug!r} is {kinship} {entry.slug!r} already, or is it",
                    hint="a relation has one direction",
                )
        return {other.id: other.slug for other in others}

    @staticmethod
    def _relate(
        writing: Writing, entry: Entry, kinship: Kinship, others: Mapping[int, str]
    ) -> None:
        rows = [Relation(initiative=entry.id, to=other, kinship=kinship) for other in others]
        writing.replace(Relation, rows, initiative=entry.id, kinship=kinship)

    def undo(self, *, why: str = "") -> Undone:
        """Ends what the person's last act made and makes again what it ended.

        Raises Refused where there is no such act, and where something later rests on it, which
        it names.
        """
        with self.store.reading() as reading:
            act = undoing.last_of(reading, self.by)
            if act is None:
                raise Refused(f"{self.by} has no act to undo", hint="kb decisions")
            number = act.id or 0
            if act.command.startswith("forget"):
                raise Refused("what was forgotten cannot be had again")
            if act.command.startswith("offer accept"):
                raise Refused(
                    f"act {number} accepted an offer: that is not undone",
                    hint="put offer.toml back as it was, then kb offer accept",
                )
            later = undoing.rests_on(reading, number)
            if later is not None:
                other = reading.act(later)
                raise Refused(
                    f"act {number} ({act.command}) cannot be undone: act {later} of {other.by} "
                    f"({other.command}) rests on it",
                    hint="undo that one first, if it is yours",
                )
        with self.writing(f"undo {number}", why=why) as writing:
            return undoing.undo(writing, act)

    def resolve(
        self, named: str, outcome: str, *, strand: str = "", why: str = ""
    ) -> dict[str, object]:
        """Says what holds where people differ, on a document or on an initiative and strand.

        Raises Refused where nobody differs, or without a reason.
        """
        if not why:
            raise Refused("say why", hint="--why TEXT, as if it will be published")
        with self.store.reading() as reading:
            if strand:
                entry = self.initiative(reading, named)
                key = self.declarations.offer.get(strand).key
                judgement = self.judgements(reading).get((entry.id, key))
                levels = {row.level for row in judgement.ground} if judgement else set()
                row = Resolved(initiative=entry.id, strand=key, outcome=outcome, why=why)
                said: set[str] = {level.value for level in levels}
                known: list[str] = [level.value for level in Level]
            else:
                held = self.document(reading, named)
                verdict = documents.verdicts(reading).get(held.id)
                said = {each.decision.value for each in verdict.decisions} if verdict else set()
                row = Resolved(document=held.id, outcome=outcome, why=why)
                known = [decision.value for decision in Decision]
        if outcome not in known:
            raise Unknown("outcome", outcome, known, where="kb resolve")
        if len(said) < 2:
            raise Refused(f"nobody differs on {named}{' and ' + strand if strand else ''}")
        place = {"document": row.document, "initiative": row.initiative, "strand": row.strand}
        with self.writing(f"resolve {named} {strand or outcome}", why=why) as writing:
            for before in writing.rows(Resolved, **place):
                writing.end(before)
            writing.add(row)
        return {
            "what": named,
            "strand": strand or None,
            "outcome": outcome,
            "differed": sorted(said),
        }


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name = name.strip().casefold()
    known = [*FIELDS, *(kinship.value for kinship in Kinship)]
    if name.replace("_", "-") in known:
        name = name.replace("_", "-")
    if not equals or name not in known:
        raise Unknown("field", name, known, where="an initiative")
    return name, value


def _leads_to(entries: Mapping[int, Entry], start: int, kinship: Kinship, end: int) -> bool:
    """True where relations of that kind lead from the one to the other, or they are one."""
    waiting, met = [start], set()
    while waiting:
        number = waiting.pop()
        if number == end:
            return True
        if number not in met and number in entries:
            met.add(number)
            waiting += entries[number].relations.get(kinship, [])
    return False
