"""Why something that was asked for came to no page: a closed list, each with a sentence."""

from enum import StrEnum


class FailureKind(StrEnum):
    """The class of a failure in a run's counts, with what it means to a reader."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> "FailureKind":
        """The class with its sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    # What the site forbids, or asks.
    robots = "robots", "robots.txt forbids the address, so it was not asked"
    robots_down = (
        "robots.txt: server error",
        "robots.txt could not be read, so nothing was asked: it may forbid",
    )
    blocked = "blocked", "the site refused to show it (401, 403, 407 or 451)"
    busy = "asked to wait", "the site asked us to come more slowly, or later (429)"
    closed_api = "closed API", "the interface for machines is closed, or there is none"
    # What is not there.
    missing = "missing", "there is nothing at the address (404, 410 or the like)"
    soft_404 = "soft 404", "it answers, and says that there is nothing here"
    elsewhere = "elsewhere", "it leads to a host that the source does not declare"
    bad_redirect = "bad redirect", "it leads to an address that is none"
    redirect_loop = "redirect loop", "it leads back to itself"
    # What came in place of a page.
    server_error = "server error", "the site has a fault of its own (500 and above)"
    stub = "stub", "a challenge, a log-in or a notice stands in its place"
    same_text = "one text for many pages", "many pages became one text: none was taken"
    no_sitemap = "no sitemap", "what is named a sitemap is none"
    no_feed = "no feed", "what is named a feed is none"
    no_interface = "no answer for machines", "the interface for machines gave something else"
    # What did not come whole.
    dns = "dns", "the name of the host is not known"
    refused = "refused", "the host takes no connection"
    timeout = "timeout", "the host did not answer in time"
    tls = "tls", "the host's certificate, or its encryption, cannot be trusted"
    broken_off = "broken off", "the answer broke off before its end"
    connection = "no answer", "the connection ended without an answer"
    too_large = "too large", "the answer is larger than a page may be"
    # What cannot be read.
    wrong_type = "wrong type", "it is of a kind that is not read: pictures, sound, data"
    other_format = (
        "format not read",
        "a file of a format that is not read (.doc, .ppt, .xls, .odt, .rtf and the like)",
    )
    unreadable = "unreadable", "it is damaged, or was made to exhaust a reader"
    no_text = "no text", "there are no words in it: a scan, or pictures"
    structure_changed = "structure changed", "what `select` names is not on the page"
    # What this machine failed at.
    not_read = "not read (this machine)", "this machine had no reader for it: it is tried again"
    no_connection = "no connection", "this machine has no connection"


# Failures of this machine say nothing of a site.
OURS = frozenset({FailureKind.not_read, FailureKind.no_connection})
# What is counted, and is no page lost.
NO_LOSS = OURS | {FailureKind.elsewhere, FailureKind.other_format, FailureKind.closed_api}


def sentence_of(name: str) -> str:
    """What a class of failure means; the name itself for one of an earlier kb."""
    known = {kind.value: kind.sentence for kind in FailureKind}
    return known.get(name, name)
