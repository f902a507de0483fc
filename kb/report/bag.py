"""A bag: files with a manifest that `sha256sum -c` reads, as BagIt has it (RFC 8493)."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from kb.report.archives import archived, members

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
PAYLOAD = "data/"


def bag(
    name: str, payload: Mapping[str, bytes], tags: Mapping[str, bytes], info: Mapping[str, str]
) -> bytes:
    """The payload under `data/`, beside tag files, as an archive of one folder of that name.

    `info` is what bag-info.txt says; how many bytes and files there are is added.
    """
    under = {f"{PAYLOAD}{each}": content for each, content in sorted(payload.items())}
    size = sum(map(len, under.values()))
    told = {**info, "Payload-Oxum": f"{size}.{len(under)}"}
    written = {
        **tags,
        "bagit.txt": DECLARATION.encode(),
        "bag-info.txt": "".join(f"{key}: {value}\n" for key, value in told.items()).encode(),
        MANIFEST: _manifest(under),
    }
    written[TAG_MANIFEST] = _manifest(written)
    return archived({f"{name}/{each}": content for each, content in (written | under).items()})


def verify(path: Path) -> list[str]:
    """What does not fit in a bag, one line each; none for a whole one.

    Raises Refused for a file that is no archive.
    """
    content, held = members(path)
    folder = next(iter(held), "").partition("/")[0]
    files = {name.removeprefix(f"{folder}/"): each for name, each in held.items()}
    faults = [f"{name}: damaged" for name, each in files.items() if each is None]
    if not (files.get(MANIFEST) and files.get(TAG_MANIFEST) and files.get("bagit.txt")):
        return [*faults, f"{MANIFEST}, {TAG_MANIFEST} or bagit.txt: missing or damaged"]
    known = {TAG_MANIFEST}
    for manifest in (TAG_MANIFEST, MANIFEST):
        for line in (files[manifest] or b"").decode(errors="replace").splitlines():
            told = LINE.fullmatch(line)
            if told is None:
                faults.append(f"{manifest}: a line that is none: {line[:40]!r}")
                continue
            digest, name = told.groups()
            known.add(name)
            if name not in files:
                faults.append(f"{name}: missing")
            elif (each := files[name]) is not None and _sha256(each) != digest:
                faults.append(f"{name}: changed")
    faults += [f"{name}: not in a manifest" for name in files if name not in known]
    whole = {name: each for name, each in held.items() if each is not None}
    if not faults and archived(whole) != content:
        faults.append("the archive itself: changed outside its files")
    return faults


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{_sha256(content)}  {name}\n" for name, content in files.items()).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
