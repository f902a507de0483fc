"""The archive: what was received, as WARC, readable by the owner of the home alone."""

import os
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kb.contract import Page, normalised


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

    Each record is a gzip member of its own: the places of the others stay, and readers of
    gzip pass over zeros between members.
    """
    count = 0
    for file in sorted((folder / source).glob("*.warc.gz")):
        with file.open("rb") as read:
            records = ArchiveIterator(read)
            spans = []
            for record in records:
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                record.content_stream().read()
                start = records.get_record_offset()
                if url and normalised(url) in addresses:
                    spans.append((start, records.get_record_length()))
        with file.open("r+b") as write:
            for start, length in spans:
                write.seek(start)
                write.write(bytes(length))
        count += len(spans)
    return count
