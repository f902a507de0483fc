"""Brings a store of an older kb to the newest form. Loaded only when one is met."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(store: Path) -> None:
    """Runs every migration the store has not had, in one transaction each."""
    command.upgrade(config(store), "head")


def config(store: Path) -> Config:
    """Alembic's settings for that file; there is no alembic.ini."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("sqlalchemy.url", f"sqlite:///{store}")
    return settings
