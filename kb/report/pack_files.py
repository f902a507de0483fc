"""A pack as an archive that its reader can verify."""

import hashlib
import io
import json
import lzma
import tempfile
import zipfile
import zlib
from pathlib import Path

from kb.errors import Refused
from kb.report.briefing import Brief
from kb.report.briefing_paper import briefing_paper
from kb.report.files import whole
from kb.report.map_page import map_page
from kb.report.pack import Pack
from kb.report.paper_word import write_word
from kb.report.tables import EXPORTERS, machine_value
from kb.table import cells

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # what an archive says of every file: it must not tell the clock
FORM = "1"
DECODING = (OSError, ValueError, zlib.error, lzma.LZMAError)  # what a damaged member may raise
LICENCE = (
    "What we wrote (lists, levels, positions) may be used under the Open Government Licence 3.0, "
    "with its source named. Titles and quotes belong to those who published them and are cited "
    "for criticism and review, each with its address."
)


def write_pack(path: Path, pack: Pack, *, force: bool = False) -> None:
    """Writes the archive. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        partial.write_bytes(_archive(_files(pack)))


def verify(path: Path) -> list[str]:
    """What does not fit in a pack, one line each; none for a whole one.

    Raises Refused for a file that is no pack.
    """
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            damaged = [name for name in names if not _readable(archive, name)]
            files = {name: archive.read(name) for name in names if name not in damaged}
    except OSError as error:
        raise Refused(f"cannot read {str(path)!r}: {error.strerror}") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(
            f"{str(path)!r} is no whole archive: {error}", hint="ask for it anew"
        ) from error
    faults = [f"{name}: damaged" for name in damaged]
    if MANIFEST not in files or SEAL not in files:
        return [*faults, f"{MANIFEST} or {SEAL}: missing or damaged"]
    if files[SEAL].decode(errors="replace") != _sha256(files[MANIFEST]):
        return [*faults, f"{MANIFEST}: changed"]
    try:
        manifest = json.loads(files[MANIFEST])
    except ValueError:
        manifest = None
    listed = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(listed, dict):
        return [*faults, f"{MANIFEST}: tells of no files"]
    faults += [f"{name}: missing" for name in listed if name not in names]
    known = (*listed, MANIFEST, SEAL)
    faults += [f"{name}: not in the manifest" for name in names if name not in known]
    faults += [
        f"{name}: changed"
        for name, digest in listed.items()
        if name in files and _sha256(files[name]) != digest
    ]
    if not faults and _archive(files) != content:
        faults.append("the archive itself: changed outside its files")
    return faults


def _readable(archive: zipfile.ZipFile, name: str) -> bool:
    try:
        archive.read(name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, *DECODING):
        return False
    return True


def _files(pack: Pack) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, sheet in pack.lists.items():
        out = io.StringIO(newline="")
        EXPORTERS["csv"](sheet.columns, sheet.rows, out)
        files[f"{name}.csv"] = out.getvalue().encode("utf-8-sig")
    files["map.html"] = map_page(pack.map).encode()
    if pack.brief:
        files["briefing.docx"] = _timeless(pack.brief)
    files["LICENCE.txt"] = f"{LICENCE}\n".encode()
    manifest = {
        "form": FORM,
        "for": pack.audience.value,
        "as_of": pack.day.isoformat(),
        "licence": LICENCE,
        "files": {name: _sha256(content) for name, content in sorted(files.items())},
        "rows": [machine_value(cells(capture)) for capture in pack.captures],
    }
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    files[SEAL] = _sha256(files[MANIFEST]).encode()
    return files


def _timeless(content: Brief) -> bytes:
    """The briefing with the times of its parts taken out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "briefing.docx"
        write_word(path, briefing_paper(content))
        with zipfile.ZipFile(path) as archive:
            return _archive({name: archive.read(name) for name in archive.namelist()})


def _archive(files: dict[str, bytes]) -> bytes:
    """The files as an archive, stored as they are: one zlib packs otherwise than another."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return out.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
