"""The archive: what was received, as WARC, readable by the owner of the home alone."""

import errno
import os
import re
import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from http.client import responses
from io import BytesIO, FileIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from uuid import uuid4
from zlib import DEFLATED, compressobj, crc32, decompressobj, error

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kb.contract import Page, normalised
from kb.errors import DiskFull

GZIP = b"\x1f\x8b\x08"  # how each member begins
ERASED = "1970-01-01T00:00:00Z"  # a record must have a date; when it was erased is an act's
GZIP_WINDOW = 31  # with the header of gzip
CHUNK = 65_536
HEAD = 8_192  # bytes of a record in which its own headers stand
TARGET = re.compile(rb"^WARC-Target-URI: *<?([^>\r\n]+)", re.MULTILINE | re.IGNORECASE)


KIND = re.compile(rb"^WARC-Type: *(\w+)", re.MULTILINE | re.IGNORECASE)
CAPTURES = ("response", "resource")
HTTP = "HTTP/1.1"
# Of an answer's headers: how the body was packed on the way. It is kept unpacked.
UNPACKED = frozenset({"content-length", "content-encoding", "transfer-encoding"})


class Archive:
    """One WARC file a run, opened when the first capture is written."""

    def __init__(self, folder: Path, source: str, run: int) -> None:
        self._folder = folder
        self._name = f"{source}/{run:06}.warc.gz"
        self._file: FileIO | None = None

    def append(self, records: bytes) -> str:
        """Keeps a capture, as `records_of` has it; the place to find it: file and offset."""
        try:
            if self._file is None:
                self._file = self._opened()
            offset = self._file.seek(0, os.SEEK_END)
            self._write(self._file, records)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFull(f"{self._name} has no room for the next page") from error
            raise
        return f"{self._name}:{offset}"

    @staticmethod
    def _write(file: FileIO, records: bytes) -> None:
        """All of it, or nothing: half a record is taken out again."""
        offset, left = file.tell(), memoryview(records)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError:
            file.truncate(offset)
            raise

    def _opened(self) -> FileIO:
        path = self._folder / self._name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(self._folder, 0o700)
        file = FileIO(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
        if not file.seek(0, os.SEEK_END):
            self._write(file, _info(self._name))
        return file

    def close(self) -> None:
        """Ends the file, if there is one."""
        if self._file is not None:
            self._file.close()


def records_of(page: Page, *, licence: str = "", reservation: str = "") -> bytes:
    """A capture as WARC 1.1: what was received, what was sent, and what allowed it to be kept.

    Each record is a gzip member of its own. A body that is a part of an answer (a post of a list)
    is a `resource`, for it did not come so. `licence` and `reservation` (of text and data mining,
    TDMRep) are what the page says of its use. https://iipc.github.io/warc-specifications/
    """
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    exchange, at = page.exchange, page.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    dated = {"WARC-Date": at}
    if exchange.ip:
        dated["WARC-IP-Address"] = exchange.ip
    kind = "resource" if page.part else "response"
    head = None if page.part else _answer_head(page)
    received = writer.create_warc_record(
        page.url,
        kind,
        payload=BytesIO(page.body),
        warc_headers_dict=dict(dated),
        warc_content_type=page.media_type if page.part else "",
        http_headers=head,
    )
    writer.write_record(received)
    beside = dated | {"WARC-Concurrent-To": received.rec_headers.get_header("WARC-Record-ID")}
    if exchange.sent and not page.part:
        parts = urlsplit(page.url)
        line = f"GET {parts.path or '/'}{'?' * bool(parts.query)}{parts.query} {HTTP}"
        sent = StatusAndHeaders(
            line, [("Host", parts.netloc), *exchange.sent], is_http_request=True
        )
        request = writer.create_warc_record(
            page.url, "request", http_headers=sent, warc_headers_dict=dict(beside)
        )
        writer.write_record(request)
    said = {"robots": exchange.robots, "licence": licence, "tdm-reservation": reservation}
    fields = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in said.items() if value)
    if fields:
        metadata = writer.create_warc_record(
            page.url,
            "metadata",
            payload=BytesIO(fields.encode()),
            warc_content_type="application/warc-fields",
            warc_headers_dict=dict(beside),
        )
        writer.write_record(metadata)
    return out.getvalue()


def _answer_head(page: Page) -> StatusAndHeaders:
    """Status line and headers as they came; but for those of a form that the body has no more."""
    exchange = page.exchange
    kept = [(name, value) for name, value in exchange.received if name.lower() not in UNPACKED]
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("Content-Type", page.media_type))
    kept.append(("Content-Length", str(len(page.body))))
    phrase = responses.get(page.status, "")
    return StatusAndHeaders(f"{page.status} {phrase}".strip(), kept, protocol=exchange.protocol)


def _info(name: str) -> bytes:
    """The record that begins a file: by what it was made, and by which rules."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    said = {
        "software": "kb-horizon-scan",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obeyed (RFC 9309)",
    }
    writer.write_record(writer.create_warcinfo_record(name.rpartition("/")[2], said))
    return out.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True)
class ArchivedCapture:
    """How a page was received, as the archive has it; "" and None for what nobody said."""

    place: str  # file and offset
    url: str
    at: str
    ip: str | None
    status: str | None  # None for a part of an answer
    headers: tuple[tuple[str, str], ...]
    digest: str | None
    sent: tuple[tuple[str, str], ...]
    said: Mapping[str, str]  # robots, licence, tdm-reservation


def capture_at(folder: Path, place: str) -> ArchivedCapture:
    """The capture at that place. Raises FileNotFoundError where it was dropped or erased."""
    record_id = None
    found: dict[str, Any] = {"sent": (), "said": {}}
    with _opened_at(folder, place) as file:
        for record in ArchiveIterator(file):
            header = record.rec_headers.get_header
            if record_id is None and record.rec_type not in CAPTURES:
                break
            if record_id is None:
                record_id = header("WARC-Record-ID")
                http = record.http_headers
                found |= {
                    "url": header("WARC-Target-URI"),
                    "at": header("WARC-Date"),
                    "ip": header("WARC-IP-Address"),
                    "status": f"{http.protocol} {http.statusline}" if http else None,
                    "headers": tuple(http.headers) if http else (),
                    "digest": header("WARC-Payload-Digest") or header("WARC-Block-Digest"),
                }
            elif header("WARC-Concurrent-To") != record_id:
                break
            elif record.rec_type == "request":
                found["sent"] = tuple(record.http_headers.headers)
            else:
                lines = record.content_stream().read().decode().splitlines()
                found["said"] = dict(line.split(": ", 1) for line in lines if ": " in line)
    if record_id is None:
        raise FileNotFoundError(place)
    return ArchivedCapture(place=place, **found)


def recall(folder: Path, place: str) -> bytes:
    """The body kept at that place. Raises FileNotFoundError where it was dropped or erased."""
    with _opened_at(folder, place) as file:
        for record in ArchiveIterator(file):
            if record.rec_type not in CAPTURES:
                break
            return bytes(record.content_stream().read())
    raise FileNotFoundError(place)


def records_at(folder: Path, place: str) -> bytes:
    """A capture as it stands in the archive: what was received, sent and noted of it.

    Raises FileNotFoundError where it was dropped or erased.
    """
    start = int(place.rpartition(":")[2])
    records = b""
    with _opened_at(folder, place) as file:
        for each in _members(file, start):
            if bool(records) == (each.kind in CAPTURES):  # the next capture, or none here
                break
            file.seek(each.start)
            records += file.read(each.length)
    if not records:
        raise FileNotFoundError(place)
    return records


def _opened_at(folder: Path, place: str) -> BinaryIO:
    """The file of the archive where a record begins; FileNotFoundError where none does."""
    name, _, offset = place.rpartition(":")
    file = (folder / name).open("rb")
    file.seek(int(offset))
    if file.read(len(GZIP)) != GZIP:
        file.close()
        raise FileNotFoundError(place)
    file.seek(int(offset))
    return file


def erase(folder: Path, source: str, addresses: Collection[str]) -> int:
    """Writes empty records over what those normalised addresses answered; how many captures.

    What was sent for them, and noted of them, goes too. Each record is a gzip member of its own:
    the places of the others stay.
    """
    count = 0
    for file in sorted((folder / source).glob("*.warc.gz")):
        with file.open("r+b") as opened:
            members = [each for each in _members(opened) if each.of(addresses)]
            for each in members:
                opened.seek(each.start)
                opened.write(_nothing(each.length))
        count += sum(each.kind in CAPTURES for each in members)
    return count


def _nothing(length: int) -> bytes:
    """An empty record of exactly so many bytes, for readers to pass over; zeros if too few.

    The rest is the comment of its gzip member: RFC 1952, section 2.3.1.
    """
    record = f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <{uuid4().urn}>\r\n"
    record += f"WARC-Date: {ERASED}\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    packer = compressobj(9, DEFLATED, -15)
    packed = packer.compress(record.encode()) + packer.flush()
    end = struct.pack("<II", crc32(record.encode()), len(record))
    room = length - len(GZIP) - 7 - 1 - len(packed) - len(end)
    if room < 0:
        return bytes(length)
    head = GZIP + b"\x10" + bytes(4) + b"\x02\xff"
    return head + b" " * room + b"\0" + packed + end


@dataclass(frozen=True)
class _Member:
    """A record where it stands in its file: start and length in bytes."""

    start: int
    length: int
    url: str
    kind: str

    def of(self, addresses: Collection[str]) -> bool:
        return bool(self.url) and normalised(self.url) in addresses


def _members(file: BinaryIO, start: int = 0) -> Iterator[_Member]:
    """Each record of the file, from that place on."""
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        start = content.find(GZIP, start)
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
            target, kind = TARGET.search(head), KIND.search(head)
            url = target[1].decode() if target else ""
            yield _Member(start, end - start, url, kind[1].decode() if kind else "")
            start = content.find(GZIP, end)
