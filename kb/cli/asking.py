"""Asking a person: by single keys on a terminal, by lines elsewhere and for screen readers."""

import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from rich.text import Text

from kb.cli.drawing import console
from kb.cli.output import at_terminal
from kb.report.safe import for_terminal

STOP_KEYS = ("\x03", "\x04", "\x1b")  # ctrl-c, ctrl-d, escape
ESCAPE = b"\x1b"
MOST_OF_A_TITLE = 240
AT_ONCE = 0.02  # seconds in which the rest of an arrow key comes


def shorten(title: str) -> str:
    """A title of a few lines at most."""
    return title if len(title) <= MOST_OF_A_TITLE else f"{title[:MOST_OF_A_TITLE]} …"


class Stopped(Exception):
    """Raised when the person stops, or the line to them is cut."""


class Back(Exception):
    """Raised when the person wants the question before."""


ALWAYS = {"b": "back", "q": "quit; what was said so far stays", "?": "what the keys are"}


class Asking:
    """Shows and asks. `plain`: lines alone, nothing by position, colour or single key.

    Every question takes `b` (raises Back), `q` (raises Stopped) and `?` (tells the keys), unless
    it has a meaning of its own for them.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.by_key = not plain and at_terminal() and sys.stdout.isatty()
        self._console = console(plain=plain)

    def say(self, text: str = "", *, marked: Sequence[tuple[int, int]] = ()) -> None:
        """One paragraph; `marked` are places to make stand out, in characters of the text."""
        shown = Text(for_terminal(text)) if not marked else _marked(text, marked)
        self._console.print(shown, soft_wrap=not self.by_key)

    def key(self, question: str, choices: Mapping[str, str], *, default: str = "") -> str:
        """One of the keys of `choices` (key to what it does); Enter is the default, if any.

        What is not among them is asked again, with the choices. Raises Stopped and Back.
        """
        return self._one_of(question, choices, default, self._typed)

    def choice(self, question: str, choices: Mapping[str, str], *, default: str = "") -> str:
        """The same, typed as a line: for numbers, of which one key would take the first digit."""
        return self._one_of(question, choices, default, self._read_line)

    def _one_of(
        self, question: str, choices: Mapping[str, str], default: str, read: Callable[[], str]
    ) -> str:
        offered = " ".join(f"[{key}]{word}" for key, word in choices.items() if word)
        enter = f"Enter: [{default}]" if default else ""
        while True:
            self.say(" ".join(filter(None, (question, enter, offered, "[?]"))))
            typed = read().strip() or default
            if typed in choices:
                return typed
            if typed.casefold() in choices:
                return typed.casefold()
            if not self._is_common(typed.casefold(), choices):
                common = [key for key in ALWAYS if key not in choices]
                self.say(f"{typed!r} is none of: {', '.join((*choices, *common))}")

    def _is_common(self, typed: str, choices: Mapping[str, str]) -> bool:
        """Does what every question takes; False where that is not what was typed."""
        if typed == "b":
            raise Back
        if typed == "q":
            raise Stopped
        if typed == "?":
            words = {key: f"{key}{word}" if word else key for key, word in choices.items()}
            common = {key: f"{key} {word}" for key, word in ALWAYS.items() if key not in choices}
            self.say(f"  {'; '.join((*words.values(), *common.values()))}")
        return typed == "?"

    def _typed(self) -> str:
        if not self.by_key:
            return self._read_line()
        typed = _key_of(sys.stdin.fileno())
        if typed in STOP_KEYS:
            raise Stopped
        return "" if typed in ("\r", "\n") else typed

    def line(self, question: str, *, default: str = "") -> str:
        """A line as typed; the default, shown in brackets, where it is empty.

        Raises Stopped and Back.
        """
        offered = f" [{for_terminal(default)}]" if default else ""
        while True:
            sys.stdout.write(f"{question}{offered}: ")
            sys.stdout.flush()
            typed = self._read_line() or default
            if not self._is_common(typed, {"Enter": f" {default}" if default else " leaves it"}):
                return typed

    def _read_line(self) -> str:
        read = sys.stdin.readline() if sys.stdin else ""
        if not read:
            raise Stopped
        return read.strip()


def _key_of(terminal: int) -> str:
    """One key, as soon as it is pressed; what was typed ahead is not lost, as with `getchar`."""
    before = termios.tcgetattr(terminal)
    by_key = list(before)
    by_key[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(terminal, termios.TCSANOW, by_key)
    try:
        typed = os.read(terminal, 1)
        if typed == ESCAPE and select.select([terminal], [], [], AT_ONCE)[0]:
            _pass_over(terminal)
            return "\0"
        while typed and typed[0] >= 0xC0 and len(typed) < 4 and not _whole(typed):
            typed += os.read(terminal, 1)  # the rest of a letter of several bytes
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
    return typed.decode(errors="replace") if typed else STOP_KEYS[0]


def _pass_over(terminal: int) -> None:
    """Reads the rest of an arrow or the like, which means nothing here; and no key behind it.

    ECMA-48, section 5.4: `[`, then up to a byte from @ to ~; or `O` and one more.
    """
    if os.read(terminal, 1) == b"[":
        while not b"@" <= os.read(terminal, 1) <= b"~":
            pass
    else:
        os.read(terminal, 1)


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
