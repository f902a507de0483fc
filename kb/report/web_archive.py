"""Captures as one WACZ, which replays in a browser: what was received, an index, and the pages.

https://specs.webrecorder.net/wacz/1.1.1/ and https://specs.webrecorder.net/cdxj/0.1.0/
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator

from kb.report.archives import archived

WARC, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"


@dataclass(frozen=True)
class CapturedPage:
    """A page as it was received: its records as they stand in the archive."""

    url: str
    title: str
    records: bytes


def wacz(pages: Sequence[CapturedPage], *, title: str, day: date) -> bytes:
    """The pages as a WACZ, the same bytes for the same pages."""
    warc, lines, listed = b"", [], []
    for page in pages:
        line, at = _index_line(page, len(warc))
        lines.append(line)
        listed.append(json.dumps({"url": page.url, "ts": at, "title": page.title}))
        warc += page.records
    head = {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}
    files = {
        WARC: warc,
        INDEX: "".join(sorted(lines)).encode(),
        PAGES: "".join(f"{each}\n" for each in (json.dumps(head), *listed)).encode(),
    }
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "software": "kb-horizon-scan",
        "title": title,
        "created": f"{day}T00:00:00Z",
        "resources": [
            {
                "name": name.rpartition("/")[2],
                "path": name,
                "hash": _digest(content),
                "bytes": len(content),
            }
            for name, content in files.items()
        ],
    }
    described = json.dumps(package, indent=1).encode()
    sealed = json.dumps({"path": "datapackage.json", "hash": _digest(described)}).encode()
    return archived({**files, "datapackage.json": described, "datapackage-digest.json": sealed})


def _index_line(page: CapturedPage, offset: int) -> tuple[str, str]:
    """The line of the index for a page, and when it was received (ISO 8601)."""
    iterator = ArchiveIterator(BytesIO(page.records))
    record = next(iterator)
    record.content_stream().read()
    header = record.rec_headers.get_header
    http = record.http_headers
    length = iterator.get_record_length()
    media_type = http.get_header("Content-Type", "") if http else header("Content-Type")
    fields = {
        "url": page.url,
        "mime": (media_type or "").partition(";")[0].strip(),
        "status": int(http.get_statuscode()) if http else 200,
        "digest": header("WARC-Payload-Digest") or header("WARC-Block-Digest"),
        "length": length,
        "offset": offset,
        "filename": WARC.rpartition("/")[2],
    }
    at = header("WARC-Date")
    stamp = "".join(char for char in at if char.isdigit())[:14]
    return f"{search_key(page.url)} {stamp} {json.dumps(fields)}\n", at


def search_key(url: str) -> str:
    """The address as indexes of web archives sort it: the host from its end, then the path."""
    parts = urlsplit(url.casefold())
    host = (parts.hostname or "").removeprefix("www.")
    turned = host if host.replace(".", "").isdigit() else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{turned}{port}){parts.path or '/'}{query}"


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
