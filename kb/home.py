"""The folder a knowledge base lives in, and the settings read from the environment."""

import getpass
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import NoHome

STORE = "kb.sqlite"
DECLARATIONS = (
    "offer.toml",
    "codebook.toml",
    "lexicon.toml",
    "protocol.toml",
    "bodies.toml",
    "sources.toml",
)
REGISTER = "register.jsonl"
LOOK_ALIKES = "look_alikes.jsonl"  # pages that were found not to be initiatives
INDEXED = ("lexicon.toml", "bodies.toml", "codebook.toml", "sources.toml")


@dataclass(frozen=True)
class Home:
    """One knowledge base: its declarations, and what kb makes beside them."""

    path: Path

    @property
    def store(self) -> Path:
        """The SQLite file, which is the truth."""
        return self.path / STORE

    @property
    def index(self) -> Path:
        """The search index, derived from the store."""
        return self.path / "index"

    @property
    def order(self) -> Path:
        """The order of the inbox as it was learned, derived from decisions."""
        return self.path / "order.json"

    @property
    def archive(self) -> Path:
        """What was received, as WARC, for the owner alone."""
        return self.path / "archive"

    @property
    def crawl_lock(self) -> Path:
        """Held by the one crawl that may run here."""
        return self.path / "crawl.lock"

    def fingerprint(self) -> str:
        """Changes when a declaration does whose words stand in the index."""
        digest = hashlib.sha256()
        for name in INDEXED:
            path = self.declaration(name)
            digest.update(path.read_bytes() if path.exists() else b"")
        return digest.hexdigest()[:16]

    def declaration(self, name: str) -> Path:
        """Where this home keeps the declaration file of that name."""
        return self.path / name


@dataclass(frozen=True)
class Settings:
    """What is read from the environment, once, at the top."""

    home: str | None = None
    user: str = ""
    contact: str = ""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """KB_HOME, KB_USER (else the login name) and KB_CONTACT."""
        return cls(
            home=environ.get("KB_HOME") or None,
            user=environ.get("KB_USER") or _login(environ),
            contact=environ.get("KB_CONTACT", ""),
        )


def _login(environ: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "USERNAME"):
        if environ.get(name):
            return environ[name]
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        return "unknown"


def find_home(folder: str | None, settings: Settings, start: Path) -> Home:
    """The home in that folder, else in KB_HOME, else the nearest folder upward with a store.

    Raises:
        NoHome: where that folder holds no store. None is made: see `kb init`.
    """
    name = folder or settings.home
    if name:
        home = Home(Path(name))
        if not home.store.exists():
            raise NoHome(f"no knowledge base in {name!r}", hint=f"kb --home {name} init makes one")
        return home
    for upward in (start, *start.parents):
        for place in (upward, upward / "data"):
            if (place / STORE).exists():
                return Home(place)
    raise NoHome(
        f"no knowledge base here: neither {str(start)!r} nor a folder above it holds one",
        hint="kb init makes one in ./data; or name one: kb --home FOLDER COMMAND",
    )


def new_home(folder: str | None, settings: Settings) -> Home:
    """Where `kb init` makes a home: --home, else KB_HOME, else ./data."""
    return Home(Path(folder or settings.home or "data"))


def shipped(name: str) -> Path:
    """A declaration file or folder as it comes with kb, installed or in a checkout."""
    package = Path(__file__).parent
    installed = package / "shipped" / name
    return installed if installed.exists() else package.parent / "data" / name
