"""Sources: paused, resumed, retired, searched by hand. What is declared is written in TOML."""

import os
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import tomlkit
from tomlkit.items import AoT, Table

from kb.base.core import Core, Rows
from kb.contract import Shape, Source, normalised
from kb.declare.bodies import Body
from kb.declare.declarations import Declarations
from kb.errors import Refused
from kb.keep import register, runs
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

    def new_source(self, url: str, *, name: str = "", organisation: str = "") -> Source:
        """A source for that address as it could be declared, its shape not yet worked out.

        The name is made from the host where none is given, and so is the organisation from
        what the register knows of the host. Raises Refused for an address that is none, for a
        name or address that is declared, and for an organisation nobody knows.
        """
        declared = self.declarations.sources.source
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        if urlsplit(url).scheme not in ("http", "https") or not host:
            raise Refused(f"{url!r} is no address", hint="write it whole: https://…")
        name = name or re.sub(r"[^a-z0-9]+", "-", host).strip("-")
        for source in declared:
            if source.name == name or normalised(url) in map(normalised, source.start):
                raise Refused(
                    f"source {source.name!r} is declared, from {' '.join(source.start)}",
                    hint="--name gives another name; one site may have several sources",
                )
        body = self.declarations.bodies.find(organisation or self._owner_of(host))
        if body is None:
            raise Refused(
                f"whose site is {host}? bodies.toml has no {organisation!r}",
                hint="--organisation NAME, as bodies.toml has it",
            )
        return Source(name=name, organisation=body.name, shape=Shape.listing, start=(url,))

    def _owner_of(self, host: str) -> str:
        """The organisation of most registered initiatives at that host; "" for none."""
        with self.store.reading() as reading:
            profiles = [entry.profile for entry in register.entries(reading).values()]
        at = [
            profile.organisation
            for profile in profiles
            if profile.url_is == "owner" and _host(profile.url or "") == host
        ]
        return max(sorted(set(at)), key=at.count, default="")

    def add_source(self, source: Source) -> Source:
        """Declares a source at the end of sources.toml; what stands there stays."""
        table = tomlkit.table()
        table.update(source.model_dump(mode="json", exclude_defaults=True))
        path = self.home.declaration(SOURCES)
        before = path.read_text(encoding="utf-8").rstrip()
        array = tomlkit.aot()
        array.append(table)
        added = tomlkit.document()
        added.add("source", array)
        self._write_sources(f"{before}\n\n{tomlkit.dumps(added)}")
        with self.writing(f"sources add {source.name}"):
            return self.declarations.sources.get(source.name)

    def check(self) -> Rows:
        """What is amiss with the sources: in what is declared, and in how they went."""
        with self.store.reading() as reading:
            last, unwell = runs.last_runs(reading), runs.unwell_since(reading)
        rows: list[dict[str, object]] = []
        for source in self.declarations.sources.source:
            faults = _faults(source, known=self.declarations.bodies.find(source.organisation))
            if source.name in unwell:
                run = last[source.name]
                faults.append(f"not ok since {unwell[source.name].date()}: {run.why}")
            elif source.state == "on" and source.shape != Shape.by_hand and source.name not in last:
                faults.append("never crawled")
            rows += [{"source": source.name, "fault": fault} for fault in faults]
        return Rows("check", ("source", "fault"), rows)

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
        self._write_sources(tomlkit.dumps(document))

    def _write_sources(self, text: str) -> None:
        """Puts the text in place of sources.toml. Raises Declared for one that does not load."""
        path = self.home.declaration(SOURCES)
        texts = dict(self.declarations.texts) | {SOURCES: text}
        fresh = Declarations(texts, self.declarations.former)
        fresh.check()
        partial = path.with_suffix(".new")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
        self._declarations = fresh


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _faults(source: Source, *, known: Body | None) -> list[str]:
    """What is wrong with a declaration by itself, though it loads."""
    faults = [] if known else [f"bodies.toml has no {source.organisation!r}"]
    faults += [
        f"must_find {address} is on no declared host"
        for address in source.must_find
        if not source.holds(address)
    ]
    return faults
