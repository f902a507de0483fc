"""The tree of errors: what is wrong, where, and what to do about it.

KBError                 exit status 1 unless said otherwise
├── NoHome              no knowledge base in the folder or above it
├── Unknown             a name that is not among those known
├── Declared            a declaration file with one or more faults
├── Refused             asked for something the rules do not allow
│   ├── QuoteNotFound   the quote is not in any current page of the initiative
│   └── SaidApart       somebody said that the page is none of the initiative
├── DiskFull            there is no room to write what was asked
├── NewerStore          the store was made by a newer kb
└── Busy                another process writes here (exit status 4)
"""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from kb.failures import FailureKind

ALIKE = 60  # of 100: from there on a name may have been meant


class KBError(Exception):
    """Anything kb refuses, with a hint of what to do; nothing was changed."""

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoHome(KBError):
    """Raised when a command needs a knowledge base and there is none."""


class Unknown(KBError):
    """Raised for a name that is not among those known; the hint gives the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str) -> None:
        super().__init__(f"{where} has no {kind} {name!r}", hint=nearest(name, known))


class Declared(KBError):
    """Raised for a declaration that does not load: every fault, a line each."""

    def __init__(self, faults: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(faults), hint=hint or "mend these, then try again")
        self.faults = list(faults)


class DiskFull(KBError):
    """Raised where there is no room left: the act under way is not kept, all before it is."""

    def __init__(self, what: str) -> None:
        hint = "make room, then run it again: what was kept before stays"
        super().__init__(f"the disk is full: {what}", hint=hint)


class Refused(KBError):
    """Raised when what was asked breaks a rule."""


class SaidApart(Refused):
    """Raised where a person said of a page that it is none of an initiative; a reason goes past."""


class BadAnswer(KBError):
    """Raised by a spider for an answer that is not what it is named to be.

    `failure` is its FailureKind in a run's counts: a fault of the site, and no end of the run.
    """

    def __init__(self, failure: FailureKind, message: str) -> None:
        super().__init__(message)
        self.failure = failure


class QuoteNotFound(Refused):
    """Raised when a quote does not occur in a current page of its initiative."""


class NewerStore(KBError):
    """Raised for a store made by a newer version of kb; it is left untouched."""


class Busy(KBError):
    """Raised when another process holds this home for longer than we wait."""

    exit_status = 4


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint: the nearest known name, else those there are (at most twelve)."""
    names = sorted({str(each) for each in known})
    folded = {known_name.casefold(): known_name for known_name in reversed(names)}
    close = process.extractOne(name.casefold(), list(folded), scorer=fuzz.ratio, score_cutoff=ALIKE)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    more = ", …" if len(names) > 12 else ""
    return f"known: {', '.join(names[:12])}{more}" if names else "there is none yet"
