"""Evidence without a crawl: what a person was given becomes a page, *described to us*."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from kb.collect.body import MAIL, MEDIA_TYPES, TEXT, ReadError, ReceivedBody
from kb.collect.worker import Workers
from kb.contract import Page, normalised
from kb.declare.sources import DESCRIBED
from kb.errors import Refused
from kb.failures import FailureKind
from kb.keep import documents
from kb.keep.acts import ActKind
from kb.keep.archive import Archive
from kb.keep.decisions import Described, Membership
from kb.keep.saving import ReadPage, save_all
from kb.screen.relevance import Scorer
from kb.table import column
from kb.text.described import DESCRIBED_AT
from kb.text.page_reading import PageReading
from kb.workspace.workspace import Workspace

MOST_BYTES = 20_000_000
MOST_CHARACTERS = 1_000_000  # of its text
OLDEST = 1990  # a year
ENCRYPTED = (b"\xd0\xcf\x11\xe0", "it is encrypted, or of an old form of Office")
HINTS = {
    FailureKind.wrong_type: f"what is read: {', '.join(MEDIA_TYPES)}",
    FailureKind.no_text: "copy its words and paste them: kb attach INITIATIVE - …",
    FailureKind.unreadable: "save it anew, without a password, or paste its words",
}


@dataclass(frozen=True)
class Attached:
    """A page that was described to us."""

    document: str = column("The number of the page.")
    initiative: str = column("The slug of the initiative it is a page of.")
    title: str = column("Its name.")
    passages: int = column("How many characters were read.")
    not_read: list[str] = column("What came with it and is not read: attachments of an e-mail.")


def attach(
    workspace: Workspace, name: str, content: bytes, *, file_name: str = "", told_by: str, on: date
) -> Attached:
    """A page of an initiative made of what a person was given; "" as file name for pasted text.

    It can be quoted, is marked *described to us* wherever it is, and is never exported whole.
    Raises Refused for what is empty, encrypted or without words, for a day to come and where
    nobody is named; Unknown for an initiative that there is not.
    """
    workspace.check_may(ActKind.attach)
    if not told_by.strip():
        raise Refused("say who described it", hint="--from WHO: a body, and a role, not a person")
    if on > workspace.today:
        raise Refused(f"{on} is still to come", hint=f"today is {workspace.today} (UTC)")
    if on.year < OLDEST:
        raise Refused(f"{on} is before {OLDEST}", hint="when was it described to us?")
    with workspace.store.reading() as reading:
        slug = workspace.initiative(reading, name).slug
    page = _page(workspace, content, file_name, on)
    read = _read(workspace, page, file_name)
    archive = Archive(workspace.home.archive, DESCRIBED, 0)
    try:
        place = archive.append(read.records)
    finally:
        archive.close()
    saved = ReadPage(
        page=page.without_body(),
        reading=replace(read, records=b""),
        key=page.key,
        url=page.url,
        addresses=(normalised(page.url),),
        digest=page.key,
        archived=place,
    )
    with workspace.writing(ActKind.attach, f"attach {slug}", subject=slug) as writing:
        initiative = workspace.initiative(writing, slug)
        ((_, number),) = save_all(writing, [saved], run=0)
        if initiative.id in documents.memberships(writing).get(number, ()):
            raise Refused(f"{slug!r} has that already, as d{number}", hint=f"kb show d{number}")
        writing.add(Membership(document=number, initiative=initiative.id))
        if not writing.rows(Described, document=number):
            named = PurePath(file_name).name
            writing.add(
                Described(document=number, told_by=told_by.strip(), told_on=on, file_name=named)
            )
    return Attached(f"d{number}", slug, read.title, len(read.text), list(read.not_read))


def _page(workspace: Workspace, content: bytes, file_name: str, on: date) -> Page:
    what = repr(PurePath(file_name).name) if file_name else "what was pasted"
    if not content.strip():
        raise Refused(f"{what} is empty")
    if len(content) > MOST_BYTES:
        raise Refused(f"{what} has {len(content):,} bytes; at most {MOST_BYTES:,} are read")
    suffix = PurePath(file_name).suffix.casefold()
    if content.startswith(ENCRYPTED[0]) and suffix in MEDIA_TYPES:
        raise Refused(f"{what}: {ENCRYPTED[1]}", hint=HINTS[FailureKind.unreadable])
    if file_name and suffix not in MEDIA_TYPES:
        raise Refused(f"{what} is of no kind that is read", hint=HINTS[FailureKind.wrong_type])
    digest = hashlib.sha256(content).hexdigest()
    return Page(
        source=DESCRIBED,
        key=digest,
        url=f"{DESCRIBED_AT}{on}/{digest[:16]}",
        fetched_at=workspace.clock(),
        status=200,
        media_type=MEDIA_TYPES[suffix] if file_name else TEXT,
        charset="utf-8" if suffix not in (".html", ".htm") else "",
        body=content,
        published_on=on,
        part=True,
    )


def _read(workspace: Workspace, page: Page, file_name: str) -> PageReading:
    """What it says, read in a process of its own: it is as hostile as any page."""
    body = ReceivedBody(page.body, page.media_type, page.url, charset=page.charset, page=page)
    workers = Workers(Scorer(workspace.declarations.lexicon), processes=1)
    try:
        reading = asyncio.run(workers.read(body))
    except ReadError as error:
        what = PurePath(file_name).name or "what was pasted"
        raise Refused(
            f"{what!r} cannot be read: {error}", hint=HINTS.get(error.failure, "")
        ) from error
    finally:
        workers.stop()
    if len(reading.text) > MOST_CHARACTERS:
        count = f"{len(reading.text):,} characters, of at most {MOST_CHARACTERS:,}"
        raise Refused(f"it has {count}", hint="attach the part that bears on the initiative")
    if page.media_type in (TEXT, MAIL) or reading.title:
        return reading
    return replace(reading, title=PurePath(file_name).stem)
