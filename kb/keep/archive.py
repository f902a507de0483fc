"""The archive: what was received, as WARC, readable by the owner of the home alone."""

import os
import re
from collections.abc import Collection, Iterator
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO
from zlib import decompressobj, error

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kb.contract import Page, normalised

GZIP = b"\x1f\x8b\x08"  # how each member begins
GZIP_WINDOW = 31  # with the header of gzip
CHUNK = 65_536
HEAD = 8_192  # bytes of a record in which its own headers stand
TARGET = re.compile(rb"^WARC-Target-URI: *<?([^>\r\n]+)", re.MULTILINE | re.IGNORECASE)


class Archive:
    """One WARC file a run, opened when the first page is written."""

    def __init__(self, folder: Path, source: str, run: int) -> None:
        self._folder = folder
        self._name = f"{source}/{run:06}.warc.gz"
        self._file: BytesIO | None = None

    def write(self, page: Page) -> str:
        """Keeps the response; the place to find it again: file and offset."""
        if self._file is None:
            path = self._folder / self._name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.chmod(self._folder, 0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = os.fdopen(handle, "ab")  # type: ignore[assignment]
        if self._file is None:
            raise RuntimeError("the archive is not open")
        offset = self._file.tell()
        writer = WARCWriter(self._file, gzip=True)
        headers = StatusAndHeaders(
            f"{page.status} OK", [("Content-Type", page.media_type)], protocol="HTTP/1.1"
        )
        record = writer.create_warc_record(
            page.url, "response", payload=BytesIO(page.body), http_headers=headers
        )
        writer.write_record(record)
        self._file.flush()
        return f"{self._name}:{offset}"

    def close(self) -> None:
        """Ends the file, if there is one."""
        if self._file is not None:
            self._file.close()


def recall(folder: Path, place: str) -> bytes:
    """The body kept at that place. Raises FileNotFoundError where it was dropped."""
    name, _, offset = place.rpartition(":")
    with (folder / name).open("rb") as file:
        file.seek(int(offset))
        for record in ArchiveIterator(file):
            return bytes(record.content_stream().read())
    raise FileNotFoundError(place)


def erase(folder: Path, source: str, addresses: Collection[str]) -> int:
    """Writes zeros over what was received from those normalised addresses; how many records.

    Each record is a gzip member of its own: the places of the others stay. Zeros of an earlier
    time are passed over.
    """
    count = 0
    for file in sorted((folder / source).glob("*.warc.gz")):
        with file.open("r+b") as opened:
            spans = [
                (start, length)
                for start, length, url in _members(opened)
                if url and normalised(url) in addresses
            ]
            for start, length in spans:
                opened.seek(start)
                opened.write(bytes(length))
        count += len(spans)
    return count


def _members(file: BinaryIO) -> Iterator[tuple[int, int, str]]:
    """Each record of the file: where it starts, how long it is, in bytes, and its address."""
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        start = content.find(GZIP)
        while start >= 0:
            member = decompressobj(GZIP_WINDOW)
            at, head = start, b""
            try:
                while not member.eof and at < len(content):
                    plain = member.decompress(content[at : at + CHUNK])
                    head += plain[: max(0, HEAD - len(head))]
                    at += CHUNK
            except error:  # half a record, of a crawl that was killed: the next begins after it
                start = content.find(GZIP, start + 1)
                continue
            end = min(at, len(content)) - len(member.unused_data)
            target = TARGET.search(head)
            yield start, end - start, target[1].decode() if target else ""
            start = content.find(GZIP, end)
