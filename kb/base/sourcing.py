"""Sources: paused, resumed, retired, searched by hand. What is declared is written in TOML."""

import os
from collections.abc import Callable
from datetime import date

import tomlkit
from tomlkit.items import AoT, Table

from kb.base.core import Core
from kb.contract import Shape, Source
from kb.declare.declarations import Declarations
from kb.errors import Refused
from kb.keep.found import Looked

SOURCES = "sources.toml"


class Sourcing(Core):
    """What people decide on sources."""

    def set_state(self, name: str, state: str, *, why: str) -> Source:
        """Pauses, resumes or retires a source, in sources.toml; its comments stay.

        Raises Refused without a reason for anything but resuming.
        """
        source = self.declarations.sources.get(name)
        if state != "on" and not why:
            raise Refused(f"say why {source.name!r} is {state}", hint="--why TEXT")
        if source.state == state:
            raise Refused(f"source {source.name!r} is {state} already")

        def change(table: Table) -> None:
            table["state"] = state
            if state == "on":
                table.pop("why", None)
            else:
                table["why"] = why

        self._rewrite(source.name, change)
        with self.writing(f"sources {state} {source.name}", why=why):
            return self.declarations.sources.get(source.name)

    def looked(self, name: str, *, on: date, found: int, why: str = "") -> Looked:
        """Records a search by hand of a source that is not crawled.

        Raises Refused for a source that is, and for a day to come.
        """
        source = self.declarations.sources.get(name)
        if source.shape != Shape.by_hand:
            raise Refused(f"source {source.name!r} is crawled", hint=f"kb crawl {source.name}")
        if on > self.clock().date():
            raise Refused(f"{on} is still to come")
        if found < 0:
            raise Refused(f"{found} pages cannot have been found")
        with self.writing(f"sources looked {source.name}", why=why) as writing:
            return writing.add(Looked(source=source.name, on=on, found=found, why=why))

    def _rewrite(self, name: str, change: Callable[[Table], None]) -> None:
        """Changes one table of sources.toml, if the file still loads afterwards."""
        path = self.home.declaration(SOURCES)
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        tables = document["source"]
        if not isinstance(tables, AoT):
            raise TypeError(type(tables))
        for table in tables:
            if table["name"] == name:
                change(table)
        text = tomlkit.dumps(document)
        texts = dict(self.declarations.texts) | {SOURCES: text}
        fresh = Declarations(texts)
        fresh.check()
        partial = path.with_suffix(".new")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
        self._declarations = fresh
