"""The offer as accepted, and the file as it is being edited."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kb.assess.lineage import Difference, Lineage, differences, earlier_of
from kb.base.core import OFFER, Core, Rows
from kb.declare.declarations import Declarations
from kb.declare.files import parse_toml, read_text
from kb.declare.offer import Offer
from kb.errors import Declared, Refused, Unknown
from kb.keep import register
from kb.keep.found import Declaration
from kb.keep.register import Judgement
from kb.keep.said import StrandStep
from kb.keep.store import Reading

DIFF = "strand change fields reopens".split()
VERSIONS = "at by version strands why".split()
UNNOTED = "it holds here, and is noted by the next act"
CHANGED = "offer changed: offer.toml differs from what was accepted; kb offer diff"


class Offers(Core):
    """The offer is an object with versions: lists rest on the one that was accepted."""

    def lineage(self, reading: Reading, offer: Offer) -> Lineage:
        """The strands of an offer with the steps by which earlier ones became them."""
        return Lineage(offer, tuple(reading.rows(StrandStep)))

    def judgements(
        self, reading: Reading, lineage: Lineage | None = None
    ) -> dict[tuple[int, str], Judgement]:
        """What stands of each initiative against each strand as it is called now.

        What somebody said of a strand that was renamed or split is of what it became, unless
        they said something of that later. A removed strand keeps its rows under its own key.
        """
        lineage = lineage or self.lineage(reading, self.declared(reading).offer)
        found = _since_removed(register.judgements(reading), lineage)
        became = {key: lineage.now(key) for key in {key for _, key in found}}
        for (number, key), judgement in list(found.items()):
            if became[key] == [key]:
                continue
            heirs = [now for now in became[key] if now != key]
            for now in heirs:
                own = found.get((number, now), Judgement(number, now, ()))
                rows = sorted(
                    (*judgement.assessments, *own.assessments), key=lambda row: row.id or 0
                )
                newest = {row.person: row for row in rows}  # what each person said last
                kept = tuple(row for row in rows if newest[row.person] is row)
                resolved = own.resolved or judgement.resolved
                found[number, now] = Judgement(number, now, kept, resolved)
            if heirs and key not in became[key]:
                del found[number, key]
        return found

    def draft(self) -> Offer:
        """The offer as the file has it now. Raises Declared where it does not load."""
        return self._checked(read_text(self.home.declaration(OFFER)), OFFER).offer

    def offer_of(self, path: str) -> Declarations:
        """The declarations with another file as the offer. Raises Declared."""
        here = Path(path)  # as it was typed; else beside the declarations
        found = self._checked(read_text(here if here.exists() else self.home.path / path), path)
        self._was_known(found.offer)
        return found

    def _checked(self, text: str, name: str) -> Declarations:
        parse_toml(text, Offer, name=name)
        now = self.declarations
        former = now.former | {strand.key for strand in now.offer.strand}
        found = Declarations(dict(now.texts) | {OFFER: text}, former)
        if faults := found.offer.against(found.book):
            raise Declared([fault.replace(OFFER, name, 1) for fault in faults])
        return found

    def marked(self) -> tuple[str, ...]:
        """The notes that lists bear while files differ from what was accepted, or noted."""
        with self.store.reading() as reading:
            noted = {row.name: row.text for row in reading.rows(Declaration)}
        edited = tuple(
            f"{name} was edited: {UNNOTED}"
            for name, text in self.declarations.texts.items()
            if name != OFFER and noted.get(name, text) != text
        )
        path = self.home.declaration(OFFER)
        if not path.exists() or read_text(path) == self.declarations.texts[OFFER]:
            return edited
        try:
            same = self.draft() == self.declarations.offer
        except Declared as error:
            why = str(error).splitlines()[0]
            return (f"offer changed, and it does not load: {why}", *edited)
        return edited if same else (CHANGED, *edited)

    def offer_diff(self) -> Rows:
        """How the file differs from the accepted offer, and what accepting it re-opens."""
        found = differences(self.declarations.offer, self.draft())
        with self.store.reading() as reading:
            judgements = self.judgements(reading)
            entries = register.entries(reading)
        rows = [_row(each, judgements, set(entries)) for each in found]
        return Rows("diff", tuple(DIFF), rows, self.marked())

    def accept(self, *, minor: Sequence[str] = (), why: str = "") -> Rows:
        """Accepts the file as the offer; assessments that relied on what changed are re-opened.

        `minor` names strands whose change carries them over; it needs a reason. Raises
        Declared for a file that does not load, Unknown for a strand there is not or a `was` that
        never was, Refused where nothing differs.
        """
        told = self.offer_diff()
        draft, before = self.draft(), self.declarations.offer
        text = read_text(self.home.declaration(OFFER))
        if text == self.declarations.texts[OFFER]:
            raise Refused("offer.toml is what was accepted already")
        if minor and not why.strip():
            raise Refused("say why the change is minor", hint="--why TEXT")
        wanted = {draft.get(key).key for key in minor}
        if still := wanted - {str(row["strand"]) for row in told.rows}:
            raise Refused(
                f"--minor {', '.join(sorted(still))}: nothing of it changed", hint="kb offer diff"
            )
        self._was_known(draft)
        self._checked(text, OFFER).check()
        gone = {each.strand for each in differences(before, draft) if each.change == "removed"}
        steps = [
            StrandStep(before=s.key, before_version=s.version, after="", after_version="")
            for s in before.strand
            if s.key in gone
        ]
        for strand in draft.strand:
            earlier = earlier_of(strand, before)
            if earlier and (earlier.key, earlier.version) != (strand.key, strand.version):
                steps.append(
                    StrandStep(
                        before=earlier.key,
                        before_version=earlier.version,
                        after=strand.key,
                        after_version=strand.version,
                        minor=strand.key in wanted,
                    )
                )
        with self.writing(f"offer accept {draft.offer.version}", why=why) as writing:
            writing.replace(Declaration, [Declaration(name=OFFER, text=text)], name=OFFER)
            writing.add_all(steps)
        self._declarations = None
        for row in told.rows:
            row["reopens"] = 0 if row["strand"] in wanted else row["reopens"]
        return Rows("diff", told.columns, told.rows)

    def _was_known(self, draft: Offer) -> None:
        with self.store.reading() as reading:
            texts = [row.text for row in reading.history(Declaration, name=OFFER)]
        offers = [parse_toml(text, Offer, name=OFFER) for text in texts]
        known = {name for offer in offers for s in offer.strand for name in (s.key, s.was) if name}
        now = {strand.key for strand in self.declarations.offer.strand}
        for strand in draft.strand:
            if strand.was and strand.was not in known:
                raise Unknown("former strand", strand.was, known, where=f"strand {strand.key!r}")
            if strand.was in now and strand.key in now and strand.was != strand.key:
                raise Refused(
                    f"strand {strand.key!r} has its key already: it was not {strand.was!r}",
                    hint="`was` renames, or splits; to join two give what is left a key of its own",
                )

    def offer_history(self) -> Rows:
        """Every accepted version of the offer, the newest first."""
        with self.store.reading() as reading:
            acts = {act.id: act for act in reading.acts()}
            found = reading.history(Declaration, name=OFFER)
        rows: list[dict[str, object]] = []
        for row in reversed(found):
            offer, act = parse_toml(row.text, Offer, name=OFFER), acts[row.made]
            rows.append(
                {
                    "at": act.at,
                    "by": act.by,
                    "version": offer.offer.version,
                    "strands": [strand.key for strand in offer.strand],
                    "why": act.why or None,
                }
            )
        return Rows("versions", tuple(VERSIONS), rows)


def _since_removed(
    judgements: dict[tuple[int, str], Judgement], lineage: Lineage
) -> dict[tuple[int, str], Judgement]:
    """Without what was said of a strand that was removed, where its key stands again."""
    gone = {strand.key: lineage.removed(strand.key) for strand in lineage.offer.strand}
    found = {}
    for (number, key), judgement in judgements.items():
        kept = judgement.assessments
        if gone.get(key):
            kept = tuple(row for row in kept if row.made > gone[key])
        if kept:
            found[number, key] = (
                judgement if kept == judgement.assessments else replace(judgement, assessments=kept)
            )
    return found


def _row(
    difference: Difference, judgements: dict[tuple[int, str], Judgement], standing: set[int]
) -> dict[str, object]:
    count = sum(
        bool(judgement.confirmed) and key == difference.earlier and number in standing
        for (number, key), judgement in judgements.items()
    )
    return {
        "strand": difference.strand,
        "change": difference.change,
        "fields": list(difference.fields),
        "reopens": count if difference.reopens else 0,
    }
