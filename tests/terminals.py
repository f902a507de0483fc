"""kb on a pseudo-terminal, and by lines as a screen reader has it."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 30.0


@dataclass
class Terminal:
    """kb on a terminal of 80 columns, with what it has shown so far."""

    fd: int
    process: subprocess.Popen[bytes]
    shown: str = ""
    at: int = field(default=0)

    def expect(self, text: str) -> str:
        """Waits until the text is shown after what was met before; AssertionError if it is not."""
        until = time.monotonic() + SECONDS
        while text not in self.shown[self.at :]:
            assert time.monotonic() < until, f"no {text!r} in:\n{self.shown[self.at :]}"
            ready, _, _ = select.select([self.fd], [], [], 0.2)
            if ready:
                try:
                    self.shown += os.read(self.fd, 65536).decode(errors="replace")
                except OSError:  # the other side is closed
                    assert text in self.shown[self.at :], self.shown
        before = self.shown[self.at :].partition(text)[0]
        self.at += len(before) + len(text)
        return before

    def type(self, *keys: str) -> None:
        """Types the keys."""
        for key in keys:
            os.write(self.fd, key.encode())

    def end(self) -> int:
        """The exit status, once it has ended."""
        until = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < until:
            ready, _, _ = select.select([self.fd], [], [], 0.1)
            if ready:
                try:
                    self.shown += os.read(self.fd, 65536).decode(errors="replace")
                except OSError:
                    break
        return self.process.wait(SECONDS)


Open = Callable[..., Terminal]


@contextmanager
def terminals(home: Path) -> Iterator[Open]:
    """Starts kb on pseudo-terminals; what still runs is ended afterwards."""
    started: list[Terminal] = []

    def start(*words: str, **environ: str) -> Terminal:
        ours, theirs = pty.openpty()
        kept = {"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "80", "KB_USER": "ana"}
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--home", str(home), *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=kept | environ,
            start_new_session=True,
        )
        os.close(theirs)
        started.append(Terminal(ours, process))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        os.close(each.fd)


def lines(home: Path, *words: str, keys: str) -> "subprocess.CompletedProcess[str]":
    """kb as a screen reader has it: each key a line."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", "--home", str(home), *words, "--plain", "--by", "ana"],
        input="\n".join(keys.split(" ")).replace("|", " ") + "\n",
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
