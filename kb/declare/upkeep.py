"""How a home is looked after by a timer: upkeep.toml, which a home need not have."""

from pathlib import Path

from pydantic import Field

from kb.contract import Strict
from kb.declare.files import parse_toml, read_text

UPKEEP = "upkeep.toml"


class Upkeep(Strict):
    """What a timer does beside crawling, and whom it tells.

    `on_failure`: a command and its words; it is given the message on its standard input. Without
    one the message goes into the folder of digests. `backups`: a folder, best on another disk;
    relative to the home.
    """

    on_failure: tuple[str, ...] = ()
    backups: str = "backups"
    keep: int = Field(7, ge=1)
    archive: bool = False  # backups with what was received
    digest_days: int = Field(7, ge=1)
    backup_days: int = Field(1, ge=1)

    @classmethod
    def of(cls, path: Path) -> "Upkeep":
        """The file, or what holds without one. Raises Declared where it does not load."""
        return parse_toml(read_text(path), cls, name=UPKEEP) if path.exists() else cls()
