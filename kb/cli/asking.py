"""Asking a person: by single keys on a terminal, by lines elsewhere and for screen readers."""

import os
import signal
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from rich.text import Text

from kb.cli.drawing import console
from kb.report.safe import for_terminal

STOP_KEYS = ("\x03", "\x04", "\x1b")  # ctrl-c, ctrl-d, escape


class Stopped(Exception):
    """Raised when the person stops, or the line to them is cut."""


class Asking:
    """Shows and asks. `plain`: lines alone, nothing by position, colour or single key."""

    def __init__(self, *, plain: bool = False) -> None:
        self.by_key = not plain and sys.stdin.isatty() and sys.stdout.isatty()
        self._console = console(plain=plain)

    def say(self, text: str = "", *, marked: Sequence[tuple[int, int]] = ()) -> None:
        """One paragraph; `marked` are places to make stand out, in characters of the text."""
        shown = Text(for_terminal(text)) if not marked else _marked(text, marked)
        self._console.print(shown, soft_wrap=not self.by_key)

    def key(self, question: str, choices: Mapping[str, str], *, default: str = "") -> str:
        """One of the keys of `choices` (key to what it does); Enter is the default, if any.

        What is not among them is asked again, with the choices. Raises Stopped.
        """
        offered = " ".join(f"[{key}]{word}" for key, word in choices.items() if word)
        while True:
            self.say(f"{question} {offered}" if offered else question)
            typed = self._typed().strip() or default
            if typed in choices:
                return typed
            if typed.casefold() in choices:
                return typed.casefold()
            self.say(f"{typed!r} is none of: {', '.join(choices)}")

    def _typed(self) -> str:
        if not self.by_key:
            return self.line("")
        typed = _key_of(sys.stdin.fileno())
        if typed in STOP_KEYS:
            raise Stopped
        return "" if typed in ("\r", "\n") else typed

    def line(self, question: str, *, default: str = "") -> str:
        """A line as typed; the default where it is empty. Raises Stopped where there is none."""
        offered = f" [{for_terminal(default)}]" if default else ""
        if question:
            sys.stdout.write(f"{question}{offered}: ")
            sys.stdout.flush()
        read = sys.stdin.readline()
        if not read:
            raise Stopped
        return read.strip() or default


def _key_of(terminal: int) -> str:
    """One key, as soon as it is pressed; what was typed ahead is not lost, as with `getchar`."""
    before = termios.tcgetattr(terminal)
    by_key = list(before)
    by_key[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(terminal, termios.TCSANOW, by_key)
    try:
        typed = os.read(terminal, 1)
        while typed and typed[0] >= 0xC0 and len(typed) < 4 and not _whole(typed):
            typed += os.read(terminal, 1)  # the rest of a letter of several bytes
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return typed.decode(errors="replace") if typed else STOP_KEYS[0]


def _whole(typed: bytes) -> bool:
    try:
        typed.decode()
    except UnicodeDecodeError:
        return False
    return True


def _marked(text: str, marked: Sequence[tuple[int, int]]) -> Text:
    """The text with places that stand out, each part made safe by itself."""
    shown, at = Text(), 0
    for start, end in sorted(marked):
        if start >= at:
            shown.append(_part(text[at:start])).append(_part(text[start:end]), style="bold reverse")
            at = end
    return shown.append(_part(text[at:]))


def _part(text: str) -> str:
    """As safe for a terminal, with the space at its ends that one line would lose."""
    left = " " if text[:1].isspace() else ""
    right = " " if text[-1:].isspace() and len(text) > 1 else ""
    return f"{left}{for_terminal(text)}{right}"


@contextmanager
def until_stopped() -> Iterator[None]:
    """A session that the person, or the end of the line to them, may stop at any moment."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {each: signal.signal(each, stop) for each in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    except (Stopped, KeyboardInterrupt):
        pass  # what was decided is stored already, each decision by itself
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
