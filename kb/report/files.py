"""A file is written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import Refused


@contextmanager
def whole(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A file to write to, which takes the place of `path` once all went well.

    Raises Refused for one that exists, without `force`, where there is no such folder, and where
    it cannot be written to.
    """
    if path.is_symlink():
        path = path.resolve()  # what it points to is written, the link stays
    if path.exists() and not path.is_file():
        raise Refused(f"{str(path)!r} is no file", hint="name a file")
    if path.exists() and not force:
        raise Refused(f"{str(path)!r} exists", hint="--force writes over it")
    if not path.parent.is_dir():
        raise Refused(f"there is no folder {str(path.parent)!r}")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except PermissionError:
        raise Refused(
            f"the folder {str(path.parent)!r} cannot be written to", hint="name another folder"
        ) from None
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:  # whatever it was, half a file must not stay; it is raised again
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
