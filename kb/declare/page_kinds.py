"""What kinds of page there are, and the marks that a sign of the lexicon may go by."""

from enum import StrEnum


class PageKind(StrEnum):
    """What a page is; the first that fits, in this order."""

    list_page = "list page"  # leads to others; held for its links and never offered
    vacancy = "vacancy"
    tender = "tender"
    meeting = "meeting papers"
    return_ = "return"  # figures or a report that a law or a contract asks for
    policy = "policy"
    blog = "blog"
    news = "news"
    event = "event"
    statement = "statement"
    document = "document"  # a file
    programme = "programme"  # a thing with a name: a programme, a toolkit, a network …
    page = "page"


# Marks beside the kind, by which a sign of the lexicon may go.
SPEECH_MARK = "reported speech"
NO_HEALTH = "no word of health"
NAMED_THING = "a thing in its title"
MARKS = frozenset({SPEECH_MARK, NO_HEALTH, NAMED_THING, *PageKind})
