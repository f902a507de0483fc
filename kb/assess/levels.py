"""The four questions of the code book's `[overlap]`, and the level their answers come to."""

from dataclasses import dataclass

from kb.keep.decisions import Level

QUESTIONS = {
    "same_purpose": "Same purpose as the strand?",
    "same_audience": "Made for an audience of the strand?",
    "same_means": "Reaches them by a means of the strand?",
    "open_now": "Open now to our members, or some of them?",
}


@dataclass(frozen=True)
class Answers:
    """Yes, no, or None for what was not answered."""

    same_purpose: bool | None = None
    same_audience: bool | None = None
    same_means: bool | None = None
    open_now: bool | None = None

    @property
    def level(self) -> Level | None:
        """The level the answers come to; None while they do not decide.

        Code book, `[overlap]`: four times yes duplicates; purpose, audience and open overlap;
        purpose alone complements; no purpose, no overlap.
        """
        if self.same_purpose is None:
            return None
        if not self.same_purpose:
            return Level.no_overlap
        near = (self.same_audience, self.open_now)
        if None in near and False not in near:
            return None
        if not all(near):
            return Level.complements
        if self.same_means is None:
            return None
        return Level.duplicates if self.same_means else Level.overlaps
