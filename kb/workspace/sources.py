"""Sources: paused, resumed, retired, searched by hand. What is declared is written in TOML."""

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AoT
from tomlkit.items import Table as TomlTable

from kb.contract import Shape, Source, normalised
from kb.declare.bodies import Body
from kb.declare.declarations import Declarations
from kb.declare.files import faults as faults_of
from kb.declare.files import read_text
from kb.errors import Refused
from kb.keep import documents, register, runs, saving
from kb.keep.acts import ActKind
from kb.keep.crawled import ManualSearch, Run
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, part
from kb.workspace.workspace import Workspace

SOURCES, BODIES = "sources.toml", "bodies.toml"


LEEWAY = timedelta(hours=2)
NEVER_BEFORE = 0.75  # of the cadence


@dataclass(frozen=True)
class SourceFault:
    """Something amiss with a source."""

    source: str = column("The declared source.", narrow=True)
    fault: str = column("What is amiss.", narrow=True)


def set_state(workspace: Workspace, name: str, state: str, *, why: str) -> Source:
    """Pauses, resumes or retires a source, in sources.toml; its comments stay.

    Raises Refused without a reason for anything but resuming.
    """
    source = workspace.declarations.sources.get(name)
    if state != "on" and not why:
        raise Refused(f"say why {source.name!r} is {state}", hint="--why TEXT")
    if source.state == state:
        raise Refused(f"source {source.name!r} is {state} already")

    def change(table: TomlTable) -> None:
        table["state"] = state
        if state == "on":
            table.pop("why", None)
        else:
            table["why"] = why

    _rewrite(workspace, [source.name], change)
    command = f"sources {state} {source.name}"
    with workspace.writing(ActKind.source, command, subject=source.name, why=why):
        return workspace.declarations.sources.get(source.name)


def move(workspace: Workspace, name: str, url: str) -> Source:
    """Follows a site to another host: in sources.toml, and for every page that is held of it.

    `url` stands in place of the first start address; the others, and what must be found, keep
    their paths. Each page held is known by its path on the new host too, so that it is met again
    and is no new one. Raises Refused for what is no address, and for a host that is declared.
    """
    source = workspace.declarations.sources.get(name)
    host = _netloc(url)
    if not source.start or source.holds(url):
        raise Refused(f"source {source.name!r} is read there already, or is not crawled")
    left = urlsplit(source.start[0]).netloc.lower()

    def change(table: TomlTable) -> None:
        for key in ("start", "must_find"):
            if key in table:
                table[key] = [_at_host(str(each), left, host) for each in table[key]]
        table["start"][0] = url

    _rewrite(workspace, [source.name], change)
    command = f"sources move {source.name} {url}"
    with workspace.writing(ActKind.source, command, subject=source.name) as writing:
        held = documents.addresses_of(writing, source.name)
        new: dict[int, list[str]] = {}
        for address, document in held.items():
            moved = normalised(_at_host(address, left.removeprefix("www."), host))
            if moved not in held:
                new.setdefault(document, []).append(moved)
        saving.add_aliases(writing, new)
        return workspace.declarations.sources.get(source.name)


def _netloc(url: str) -> str:
    """Host and port of a whole http address. Raises Refused for what is none."""
    try:
        normalised(url)
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or re.search(r"[\s\x00-\x1f]", url):
        raise Refused(f"{url!r} is no address", hint="write it whole: https://…")
    return parts.netloc.lower()


def _at_host(address: str, left: str, host: str) -> str:
    """The address at the other host, if it is one of the host that was left."""
    parts = urlsplit(address)
    if parts.netloc.lower().removeprefix("www.") != left.removeprefix("www."):
        return address
    return parts._replace(netloc=host).geturl()


def draft(workspace: Workspace, url: str, *, name: str = "", organisation: str = "") -> Source:
    """A source for that address as it could be declared, its shape not yet worked out.

    The name is made from the host where none is given, and so is the organisation, as `owner`
    has it. Raises Refused for what is no address, for a name or address that is declared, and
    for an organisation nobody declared.
    """
    source = undeclared(workspace, url, name=name)
    body = workspace.declarations.bodies.find(organisation) if organisation else None
    body = body or (owner(workspace, url) if not organisation else None)
    if body is None:
        raise Refused(
            f"whose site is {_host(url)}? bodies.toml has no {organisation!r}",
            hint="--organisation NAME, as bodies.toml has it; without --yes it is asked",
        )
    return source.model_copy(update={"organisation": body.name})


def undeclared(workspace: Workspace, url: str, *, name: str = "") -> Source:
    """The same, whoever's it is: the host stands for an organisation still to be named."""
    _netloc(url)
    host = _host(url)
    name = name or re.sub(r"[^a-z0-9]+", "-", host).strip("-")
    for source in workspace.declarations.sources.source:
        if source.name == name or normalised(url) in map(normalised, source.start):
            raise Refused(
                f"source {source.name!r} is declared, from {' '.join(source.start)}",
                hint="--name gives another name; one site may have several sources",
            )
    try:
        return Source(name=name, organisation=host, shape=Shape.listing, start=(url,))
    except ValidationError as error:
        faults = "; ".join(faults_of(error, {"name": name, "start": [url]}))
        raise Refused(faults, hint="--name NAME: small letters, figures and hyphens") from None


def owner(workspace: Workspace, url: str) -> Body | None:
    """The body of most registered initiatives at the host of that address; None for none."""
    host = _host(url)
    with workspace.store.reading() as reading:
        profiles = [each.profile for each in register.initiatives(reading).values()]
    owners = Counter(
        profile.organisation
        for profile in sorted(profiles, key=lambda profile: profile.organisation)
        if profile.url_is == "owner" and _host(profile.url or "") == host
    )
    return next(
        (workspace.declarations.bodies.find(name) for name, _ in owners.most_common(1)), None
    )


def add(workspace: Workspace, source: Source, body: Body | None = None) -> Source:
    """Declares a source at the end of sources.toml, and a new body at the end of bodies.toml.

    What is there already stays, comments too.
    """
    texts = {SOURCES: _with_one_more(workspace, SOURCES, "source", source)}
    if body is not None:
        texts[BODIES] = _with_one_more(workspace, BODIES, "body", body)
    _write(workspace, texts)
    command = f"sources add {source.name}"
    with workspace.writing(ActKind.source, command, subject=source.name):
        return workspace.declarations.sources.get(source.name)


def _with_one_more(workspace: Workspace, name: str, kind: str, added: Source | Body) -> str:
    """The text of a declaration file with one more table at its end."""
    table = tomlkit.table()
    table.update(added.model_dump(mode="json", exclude_defaults=True))
    array = tomlkit.aot()
    array.append(table)
    document = tomlkit.document()
    document.add(kind, array)
    before = read_text(workspace.home.declaration(name)).rstrip()
    return f"{before}\n\n{tomlkit.dumps(document)}"


def confirm(workspace: Workspace, names: Sequence[str]) -> None:
    """Sets `checked` of those sources: their declarations were seen to hold."""

    def change(table: TomlTable) -> None:
        table["checked"] = True

    if names:
        _rewrite(workspace, names, change)
        with workspace.writing(ActKind.source, "sources check", subject=" ".join(names)):
            pass


@dataclass(frozen=True)
class Unwell:
    """Since when a source is not as it should be, and why."""

    since: date
    why: str


def active(snapshot: Snapshot) -> list[Source]:
    """The sources that are on: neither paused nor retired."""
    return [each for each in snapshot.declarations.sources.source if each.state == "on"]


def last_look(snapshot: Snapshot, source: Source) -> date | None:
    """The day of the last run of a source that has ended, or of its last search by hand."""
    run = snapshot.last_runs.get(source.name)
    by_hand = snapshot.manual_searches.get(source.name)
    return run.started.date() if run else by_hand.on if by_hand else None


def never_crawled(snapshot: Snapshot) -> list[str]:
    """The active sources that no run and no search by hand has looked through yet."""
    return [each.name for each in active(snapshot) if last_look(snapshot, each) is None]


@part
def unwell(snapshot: Snapshot) -> dict[str, Unwell]:
    """The active sources whose last run was not ok, or that are overdue by over their cadence."""
    failing, ill = runs.unwell_since(snapshot.reading), dict[str, Unwell]()
    for source in active(snapshot):
        run, last = snapshot.last_runs.get(source.name), last_look(snapshot, source)
        if run and source.name in failing:
            why = f"{run.outcome}: {run.why}" if run.why else str(run.outcome)
            ill[source.name] = Unwell(failing[source.name].date(), why)
        elif last and snapshot.instant.date() > (due := last + timedelta(2 * source.every_days)):
            ill[source.name] = Unwell(due, f"looked through last on {last}")
    return ill


def check(snapshot: Snapshot) -> Table[SourceFault]:
    """What is amiss with the sources: in what is declared, and in how they went."""
    ill, never = unwell(snapshot), never_crawled(snapshot)
    rows: list[SourceFault] = []
    for source in snapshot.declarations.sources.source:
        faults = _faults(snapshot.declarations, source)
        if source.name in ill:
            faults.append(f"unwell since {ill[source.name].since}: {ill[source.name].why}")
        elif source.name in never:
            faults.append("never crawled" if source.shape != Shape.by_hand else "never searched")
        rows += [SourceFault(source.name, fault) for fault in faults]
    return Table("check", SourceFault, rows)


def wrongly_declared(workspace: Workspace) -> set[str]:
    """The names of sources whose declaration is wrong by itself, though it loads."""
    declarations = workspace.declarations
    return {each.name for each in declarations.sources.source if _faults(declarations, each)}


def is_due(source: Source, last: Run | None, now: datetime) -> bool:
    """True when the source is on, is crawled at all, and its cadence has passed.

    It is counted in days with two hours' leeway, so that a weekly timer that is seconds early, or
    a source that stood late in the queue last time, leaves nothing out; never before three
    quarters of the cadence.
    """
    if source.state != "on" or source.shape == Shape.by_hand:
        return False
    if last is None:
        return True
    days = ((now + LEEWAY).date() - last.started.date()).days
    return days >= source.every_days and now - last.started >= NEVER_BEFORE * timedelta(
        days=source.every_days
    )


def record_search(
    workspace: Workspace, name: str, *, on: date, pages: int, why: str = ""
) -> ManualSearch:
    """Records a search by hand of a source that is not crawled.

    Raises Refused for a source that is crawled, and for a future date.
    """
    source = workspace.declarations.sources.get(name)
    if source.shape != Shape.by_hand:
        raise Refused(f"source {source.name!r} is crawled", hint=f"kb crawl {source.name}")
    if on > workspace.clock().date():
        raise Refused(f"{on} is still to come")
    if pages < 0:
        raise Refused(f"{pages} pages cannot have been found")
    command = f"sources looked {source.name}"
    with workspace.writing(ActKind.source, command, subject=source.name, why=why) as writing:
        return writing.add(ManualSearch(source=source.name, on=on, found=pages, why=why))


def _rewrite(
    workspace: Workspace, names: Collection[str], change: Callable[[TomlTable], None]
) -> None:
    """Changes those tables of sources.toml, if the file still loads afterwards."""
    path = workspace.home.declaration(SOURCES)
    document = tomlkit.parse(read_text(path))
    tables = document["source"]
    if not isinstance(tables, AoT):
        raise TypeError(type(tables))
    for table in tables:
        if table["name"] in names:
            change(table)
    _write(workspace, {SOURCES: tomlkit.dumps(document)})


def _write(workspace: Workspace, texts: dict[str, str]) -> None:
    """Puts the texts in place of those files. Raises Declared where they do not load."""
    before = workspace.declarations
    fresh = Declarations(dict(before.texts) | texts, before.former)
    fresh.check()
    for name in sorted(texts):  # bodies before the sources that name them
        path = workspace.home.declaration(name)
        partial = path.with_suffix(".new")
        partial.write_text(texts[name], encoding="utf-8")
        os.replace(partial, path)
    workspace.declarations = fresh


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _faults(declarations: Declarations, source: Source) -> list[str]:
    """What is wrong with a declaration by itself, though it loads."""
    known = declarations.bodies.find(source.organisation)
    faults = [] if known else [f"bodies.toml has no {source.organisation!r}"]
    faults += [
        f"must_find {address} is on no declared host"
        for address in source.must_find
        if not source.holds(address)
    ]
    return faults
