"""Who a paper or a pack is for, and what each may see."""

from enum import StrEnum


class Audience(StrEnum):
    """A board sees all; partners what is confirmed, with level and quote; the public names."""

    board = "board"
    partner = "partner"
    public = "public"

    @property
    def outside(self) -> bool:
        """True for whoever may not see proposals, reasons, staff and the wording of the offer."""
        return self is not Audience.board

    @property
    def sees_quotes(self) -> bool:
        """True for whoever sees the level and the passage behind each row."""
        return self is not Audience.public
