"""Backups of a home: one archive that anybody can check, and a home made of it again.

The store is copied while others write, as SQLite's online backup does, so that a backup is of one
instant; the archive of what was received is copied after it, and holds at least what the store
tells of. `manifest-sha256.txt` is read by `sha256sum -c`.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kb.errors import DiskFull, Refused
from kb.home import STORE, Home
from kb.keep import store_status

MANIFEST, READ_ME = "manifest-sha256.txt", "READ-ME.txt"
LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
CHUNK = 1 << 20
MADE_ANEW = ("index", "crawl.lock", "backups")  # derived, or of this machine
SUFFIX = ".zip"
STAMP = "%Y-%m-%dT%H%M%SZ"
NAMED = re.compile(r"kb-backup-\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?\.zip")
NO_ROOM = 28  # ENOSPC


@dataclass(frozen=True)
class Backup:
    """What was written: the file, how many files it holds, and those that were dropped for it."""

    path: Path
    files: int
    dropped: tuple[Path, ...] = ()


def back_up(home: Home, target: Path, *, now: datetime, archive: bool, keep: int = 0) -> Backup:
    """Writes a backup to a file, or into a folder under a name that says when.

    With `archive` what was received goes too. In a folder the newest `keep` are kept, 0 for all;
    older ones are dropped once the new one is whole. Raises Refused for a file that exists and
    for `keep` without a folder, DiskFull where there is no room; then nothing is left behind.
    """
    into_folder = target.is_dir()
    if keep and not into_folder:
        raise Refused(f"--keep goes with a folder, and {str(target)!r} is none", hint="mkdir it")
    if into_folder:
        path = _free(target, f"kb-backup-{now.strftime(STAMP)}")
    else:
        path = target
        if path.exists():
            raise Refused(f"{str(path)!r} exists", hint="name another file, or a folder")
        if not path.parent.is_dir():
            raise Refused(f"there is no folder {str(path.parent)!r}")
    partial = path.with_name(f".{path.name}.partial")
    try:
        count = _write(home, partial, now, archive=archive)
        verify(partial)
        os.replace(partial, path)
    except sqlite3.OperationalError as error:
        # SQLite says of a full disk that it is full, or that it cannot be written.
        if shutil.disk_usage(path.parent).free < home.store.stat().st_size:
            raise DiskFull(f"{path} was not written") from error
        raise store_status.refusal(home.store, error) from error
    except OSError as error:
        if error.errno == NO_ROOM:
            raise DiskFull(f"{path} was not written") from error
        raise
    finally:
        partial.unlink(missing_ok=True)
    dropped = _drop(target, keep) if keep else ()
    return Backup(path, count, dropped)


def _free(folder: Path, stem: str) -> Path:
    """A name that no file of the folder has."""
    names = (f"{stem}{'' if turn == 1 else f'-{turn}'}{SUFFIX}" for turn in range(1, 1000))
    return next(folder / name for name in names if not (folder / name).exists())


def _drop(folder: Path, keep: int) -> tuple[Path, ...]:
    """Takes away all but the newest; only what has a name that we give."""
    ours = sorted(each for each in folder.iterdir() if NAMED.fullmatch(each.name))
    old = tuple(ours[: max(0, len(ours) - keep)])
    for each in old:
        each.unlink()
    return old


def _write(home: Home, path: Path, now: datetime, *, archive: bool) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # for the owner alone
    os.close(handle)
    lines = []
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        store = Path(folder) / STORE
        held = sqlite3.connect(home.store, timeout=store_status.WAIT_SECONDS)
        with closing(held) as source, closing(sqlite3.connect(store)) as copy:
            source.backup(copy)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as made:
            for name, file in _files(home, store, archive=archive):
                lines.append(f"{_put(made, name, file)}  {name}\n")
            made.writestr(MANIFEST, "".join(lines))
            made.writestr(READ_ME, _read_me(home, now, archive=archive))
    return len(lines)


def _files(home: Home, store: Path, *, archive: bool) -> Iterator[tuple[str, Path]]:
    """Name to file of what a backup holds: the store's copy, what staff wrote, the archive."""
    yield STORE, store
    for file in sorted(home.path.iterdir()):
        own = file.is_file() and not file.is_symlink() and not file.name.startswith((".", STORE))
        if own and file.name not in MADE_ANEW:
            yield file.name, file
    if archive and home.archive.is_dir():
        for file in sorted(home.archive.rglob("*.warc.gz")):
            yield file.relative_to(home.path).as_posix(), file


def _put(made: zipfile.ZipFile, name: str, file: Path) -> str:
    """Puts a file in; the digest of what was put."""
    digest = hashlib.sha256()
    info = zipfile.ZipInfo.from_file(file, name, strict_timestamps=False)
    packed = name.endswith(".gz")
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    with file.open("rb") as source, made.open(info, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _read_me(home: Home, now: datetime, *, archive: bool) -> str:
    with_archive = "with" if archive else "without"
    return (
        f"A backup of the knowledge base in {home.path.resolve()}, made {now.isoformat()}, "
        f"{with_archive} what was received from sites.\n\n"
        f"To check it: unpack it, then sha256sum -c {MANIFEST}\n"
        "To restore it: kb restore THIS_FILE into an empty folder (kb --home FOLDER restore "
        "THIS_FILE).\n"
        "It holds what people decided, under their names: keep it as you keep the home.\n"
    )


def verify(path: Path) -> dict[str, str]:
    """Name to digest of the files of a backup. Raises Refused, naming what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as made:
            names = made.namelist()
            listed = _listed(made.read(MANIFEST).decode()) if MANIFEST in names else {}
            if STORE not in listed:
                raise Refused(f"{str(path)!r} is no backup of kb", hint="kb backup makes one")
            faults = [f"{name}: not in the backup" for name in listed if name not in names]
            known = {*listed, MANIFEST, READ_ME}
            faults += [f"{name}: not in its manifest" for name in names if name not in known]
            faults += [f"{name}: no name for a file of a home" for name in listed if _strays(name)]
            for name in listed.keys() & set(names):
                with made.open(name) as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != listed[name]:  # type: ignore[arg-type]
                        faults.append(f"{name}: changed")
    except FileNotFoundError as error:
        raise Refused(f"there is no file {str(path)!r}") from error
    except (zipfile.BadZipFile, EOFError, ValueError, zipfile.LargeZipFile) as error:
        raise Refused(
            f"{str(path)!r} is damaged: {error}", hint="take another backup; nothing was changed"
        ) from error
    if faults:
        raise Refused(
            f"{str(path)!r} is not whole: {'; '.join(sorted(faults))}",
            hint="take another backup; nothing was changed",
        )
    return listed


def _listed(text: str) -> dict[str, str]:
    """The manifest. ValueError for a line that is none."""
    listed = {}
    for line in text.splitlines():
        told = LINE.fullmatch(line)
        if told is None:
            raise ValueError(f"a line of {MANIFEST} is none: {line[:40]!r}")
        listed[told[2]] = told[1]
    return listed


def _strays(name: str) -> bool:
    """True for a name that would lead out of the folder it is unpacked in."""
    path = Path(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or path.as_posix() != name


def restore(path: Path, target: Home) -> int:
    """Makes a home of a backup, in a folder that is empty or not there; how many files.

    All of it or nothing: it is unpacked beside, and takes its place at the end. The index is
    written by the next search. Raises Refused for a backup that is not whole, and for a folder
    that holds anything; NewerStore for a store that a newer kb made.
    """
    folder = target.path
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            f"{str(folder)!r} is not empty: nothing is restored onto what is there",
            hint="kb --home NEW_FOLDER restore FILE",
        )
    listed = verify(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with zipfile.ZipFile(path) as made:
            for name in listed:
                place = partial / name
                place.parent.mkdir(parents=True, exist_ok=True)
                with made.open(name) as source, place.open("wb") as out:
                    shutil.copyfileobj(source, out, CHUNK)
                if name.startswith("archive/"):
                    place.chmod(0o600)
        store_status.check(partial / STORE)
        partial.chmod(0o755)
        if folder.exists():
            folder.rmdir()  # empty, as was seen: os.rename takes no folder that is there
        os.rename(partial, folder)
    except OSError as error:
        if error.errno == NO_ROOM:
            raise DiskFull(f"{folder} was not made") from error
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return len(listed)
