"""Zip archives with the same bytes for the same files, and what may be wrong with one."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from kb.errors import Refused

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # what an archive says of every file: it must not tell the clock
DECODING = (OSError, ValueError, zlib.error, lzma.LZMAError)  # what a damaged member may raise


def archived(files: Mapping[str, bytes]) -> bytes:
    """The files as an archive, stored as they are: one zlib packs otherwise than another."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return out.getvalue()


def timeless(content: bytes) -> bytes:
    """An archive with the times of its members taken out, as Word and Excel files are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archived({name: archive.read(name) for name in archive.namelist()})


def members(path: Path) -> tuple[bytes, dict[str, bytes | None]]:
    """The bytes of an archive, and its files by name; None for a damaged one.

    Raises Refused for a file that is no archive.
    """
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return content, {name: _read(archive, name) for name in archive.namelist()}
    except OSError as error:
        raise Refused(f"cannot read {str(path)!r}: {error.strerror}") from error
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(
            f"{str(path)!r} is no whole archive: {error}", hint="ask for it anew"
        ) from error


def _read(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, *DECODING):
        return None
