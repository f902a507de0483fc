"""What became of a strand from one accepted offer to the next: renamed, split, changed, kept."""

from dataclasses import dataclass, field
from functools import cached_property

from kb.assess.causes import CauseKind
from kb.declare.offer import Offer, Strand
from kb.keep.decisions import StrandStep

RELIED_ON = ("what", "audience", "means", "counts")  # what an assessment relies on
OTHER = ("name", "axis", "basis", "terms", "need", "source")


@dataclass(frozen=True)
class Difference:
    """How one strand differs between two offers."""

    strand: str
    change: str
    fields: tuple[str, ...] = ()
    earlier: str = ""  # what it was called before

    @property
    def reopens(self) -> bool:
        """True where assessments made before need another look."""
        return self.change == "split" or bool(set(self.fields) & set(RELIED_ON))


@dataclass(frozen=True)
class Lineage:
    """The strands that stand, and the steps by which earlier ones became them."""

    offer: Offer
    steps: tuple[StrandStep, ...] = field(default=())

    def removed(self, key: str) -> int:
        """The act that removed the strand last, 0 for none: what was said before is of that."""
        return max(
            (step.made for step in self.steps if step.before == key and not step.after), default=0
        )

    def now(self, key: str) -> list[str]:
        """The strands that an assessment of that key is of now; none where it was removed."""
        keys: list[str] = []
        queue, seen = [key], set()
        present = [strand.key for strand in self.offer.strand]
        while queue:
            each = queue.pop(0)
            if each in seen or not each:  # a removed strand became nothing
                continue
            seen.add(each)
            keys += [each] if each in present else []
            queue += [step.after for step in self.steps if step.before == each]
            queue += [strand.key for strand in self.offer.strand if strand.was == each]
        return keys

    def changed_at(self, key: str, act: int) -> int:
        """The first act after that one by which the strand became another; 0 for none."""
        keys, changed = {key}, list[int]()
        for step in sorted(self.steps, key=lambda step: step.made):
            if step.made <= act or step.before not in keys or step.minor:
                continue
            split = sum((s.made, s.before) == (step.made, step.before) for s in self.steps) > 1
            if split or step.before_version != step.after_version:
                changed.append(step.made)
            keys.add(step.after)
        return min(changed, default=0)

    @cached_property
    def _versions(self) -> dict[str, str]:
        """Each strand's version: asked for once an assessment, of which there are thousands."""
        return {strand.key: strand.version for strand in self.offer.strand}

    def cause(self, key: str, version: str, strand: Strand) -> CauseKind | None:
        """Why what was said of that version of a strand is to be re-checked; None if it holds."""
        split = key != strand.key and len(self.now(key)) > 1
        now = self._versions.get(strand.key) or strand.version
        if version == now and not split:
            return None
        queue, seen = [(key, version)], set()
        while queue:
            each = queue.pop()
            if each == (strand.key, now):
                return None
            if each not in seen:
                seen.add(each)
                queue += [_after(step) for step in self.steps if _carries(step, each, split)]
        return CauseKind.strand_split if split else CauseKind.strand_changed


def _after(step: StrandStep) -> tuple[str, str]:
    return step.after, step.after_version


def _carries(step: StrandStep, place: tuple[str, str], split: bool) -> bool:
    """True for a step by which what was said before holds on: renamed alone, or called minor.

    Of a strand that was split a person says so: the parts are called minor.
    """
    same = step.before_version == step.after_version and not split
    return (step.before, step.before_version) == place and (step.minor or same)


def differences(before: Offer, after: Offer) -> list[Difference]:
    """How the strands of two offers differ, those of the later one first."""
    old = {strand.key: strand for strand in before.strand}
    keys = [strand.key for strand in after.strand]
    heirs = [strand.was for strand in after.strand if strand.key not in old]
    differing = []
    for strand in after.strand:
        earlier = earlier_of(strand, before)
        if earlier is None:
            differing.append(Difference(strand.key, "new"))
            continue
        fields = tuple(
            name for name in (*RELIED_ON, *OTHER) if getattr(earlier, name) != getattr(strand, name)
        )
        shared = heirs.count(earlier.key) + (earlier.key in keys)
        if strand.key == earlier.key:
            differing += [Difference(strand.key, "changed", fields, earlier.key)] if fields else []
        else:
            how = "split" if shared > 1 else "renamed"
            differing.append(Difference(strand.key, how, fields, earlier.key))
    shared_by_all = tuple(
        name
        for name, then, now in (
            ("positions", before.positions, after.positions),
            ("grades", before.grades, after.grades),
            ("we", before.offer.we, after.offer.we),
        )
        if then != now
    )
    differing += [Difference("all", "changed", shared_by_all)] if shared_by_all else []
    gone = [key for key in old if key not in keys and key not in heirs]
    return [*differing, *(Difference(key, "removed") for key in gone)]


def earlier_of(strand: Strand, before: Offer) -> Strand | None:
    """The strand of the earlier offer that this one was; None for a new one."""
    by_key = {each.key: each for each in before.strand}
    return by_key.get(strand.key) or by_key.get(strand.was)
