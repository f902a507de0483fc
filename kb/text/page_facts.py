"""What kind of page it is: rules over its address, its title, its words and its links.

The rules are few and can be read; each says what made it so. They tell how a page speaks, not
whether it is worth reading: that is relevance, which some of these marks act upon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from kb.declare.page_kinds import NAMED_THING, NO_HEALTH, SPEECH_MARK, PageKind

FORM = "2"  # changes when the same page would be of another kind
OPENING_CHARACTERS = 800
LINKS = 0.75  # of the letters of a page: from here on it leads to others and says little
SPEECH = 0.4  # verbs of reported speech a hundred words, from which others are made to speak
SHORT_WORDS = 100  # in fewer, one such verb may be in passing


# A word of an address: whole, between two of / - _ . or its ends.
_WORD = r"(?:^|[/._-])(?:{})(?:$|[/._-])"
IN_PATH = (
    (PageKind.vacancy, r"jobs?|vacanc(?:y|ies)"),
    (PageKind.tender, r"tenders?|contracts?|procurement"),
    (PageKind.meeting, r"board-?(?:papers|meetings?)|agendas?|minutes"),
    (PageKind.policy, r"policies|policies-and-procedures|procedures"),
    (PageKind.blog, r"blogs?|opinions?|comment(?:ary)?|insights?|views|column(?:ist)?s?"),
    (
        PageKind.news,
        r"news|newsroom|news-?room|press|press-releases?|media-releases?|releases?|articles?|"
        r"20\d\d/\d\d?",
    ),
    (PageKind.event, r"events?|webinars?|conferences?"),
)
IN_HOST = (
    (PageKind.vacancy, r"jobs?"),
    (PageKind.news, r"news|times|echo|guardian|standard|herald|gazette|mail|bbci|journal"),
    (PageKind.blog, r"blogs?"),
    (PageKind.tender, r"\w*tenders?"),
)
IN_TITLE = (
    (
        PageKind.list_page,
        r"^(?:(?:latest|all|our|current|upcoming|recent) )?(?:news|newsroom|jobs|vacancies|careers|"
        r"events|blogs?|blog posts|publications|pages|articles|press releases)"
        r"(?: (?:and|&) (?:news|events|blogs?|press|publications|media|vacancies|updates))?$|"
        r"^(?:tag|category|author|search results) ?:|^a ?(?:-|to) ?z$|^sitemap$",
    ),
    (PageKind.tender, r"\b(?:award|contract|tender) notice\b|\binvitation to tender\b"),
    (
        PageKind.meeting,
        r"\bboard (?:meeting|papers)\b|^(?:meeting )?(?:agenda|minutes)(?:$|:| of\b| and\b| for"
        r" the\b| \d)",
    ),
    (
        PageKind.return_,
        r"\bpay gap\b|\b(?:WRES|WDES|MWRES|workforce (?:race|disability) equality standard|PSED|"
        r"public sector equality duty)\b.*"
        r"\b(?:data|(?:annual )?report|return|action plan|results?|submission|20\d\d)\b|"
        r"\b(?:equality|diversity|EDI)\b.*\b(?:annual )?reports?\b|\bgender and ethnicity\b",
    ),
    (PageKind.policy, r"\b(?:policy|procedure)(?: \d{4}| v\d\S*| and procedure)?$"),
    (PageKind.blog, r"\b(?:blog|opinion|comment)\b"),
    (PageKind.event, r"\b(?:conference|webinar|summit|symposium)\b.*(?:20\d\d)?$"),
    (PageKind.statement, r"\bstatement\b|\bresponse to\b|\bresponds? to\b|\bcondemns?\b"),
)
VACANCY = re.compile(
    r"\b(?:closing date|apply now|job description|person specification|salary|band \d\w?|"
    r"permanent contract|fixed term|hours per week)\b",
    re.IGNORECASE,
)
THING = re.compile(
    r"\b(?:programmes?|network|framework|toolkit|charter|standard|fund|grants?|project|course|"
    r"training|guide|guidance|code|campaign|survey|study|hub|resources?|modules?|scheme|"
    r"observatory|alliance|partnership|collaborative|initiative|mentoring|fellowship|academy|"
    r"e-?learning|pledge|award|index|commission|conference|learning|scenarios)\b",
    re.IGNORECASE,
)
SAID = re.compile(
    r"\b(?:said|says|told|commented|comments|added|adds|explained|explains|spokes\w+)\b", re.I
)
HEALTH = re.compile(
    r"\b(?:health\w*|NHS|hospitals?|patients?|clinical|clinicians?|nurs\w+|midwi\w+|matern\w+|"
    r"doctors?|medic\w+|trusts?|ambulance|dental|pharmac\w+|social care|GPs?|HSC)\b",
    re.IGNORECASE,
)
SHELF = re.compile(r"tags?|category|categories|topics?|\w+_topic|author", re.IGNORECASE)
SECTION = re.compile(
    r"news|newsroom|jobs|vacancies|careers|events|blogs?|press|press-releases|publications|"
    r"articles|archives?|search|sitemap",
    re.IGNORECASE,
)
PAGER = re.compile(r"/page[-/]?\d+/?$", re.IGNORECASE)
SHELF_ASKED = re.compile(r"(?:^|&)(?:tag|cat|category|s|search|paged?)=", re.IGNORECASE)
ARCHIVES = re.compile(r"\barchives?$|[–|-] page \d+$", re.IGNORECASE)
LEADS_ON = 0.25  # share of links from which what stands on a shelf is the shelf itself
# A title that may name a list or a thing: its links say which.
MAYBE_LIST = re.compile(
    r"^(?:(?:latest|all|our|current|upcoming|recent) )?(?:news|jobs|vacancies|careers|events|"
    r"blogs?|publications|articles|press releases) (?:and|&|from|in|at|of|for) .{1,60}$|"
    r"^(?:tag|category|topic|archives?|author|search results)(?: ?:| for )",
    re.IGNORECASE,
)
SITE = re.compile(r"\s[|–—-]\s")  # behind it the name of the site stands
OWN_DOMAIN = ".nhs.uk"  # where no newspaper is, whatever it is called
# A name of these makes the page one of the thing, whatever else stands in its title.
STRONG = re.compile(
    r"\b(?:programme|toolkit|tool|guide|mentoring|scheme|campaign|course|network|framework|hub|"
    r"fellowship|project)\b",
    re.IGNORECASE,
)
FILES = "application/"
_PATHS = [(kind, re.compile(_WORD.format(words), re.I)) for kind, words in IN_PATH]
_HOSTS = [(kind, re.compile(_WORD.format(words), re.I)) for kind, words in IN_HOST]
_TITLES = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in IN_TITLE]
_LIST_TITLE = next(pattern for kind, pattern in _TITLES if kind == PageKind.list_page)


@dataclass(frozen=True)
class PageFacts:
    """The kind of a page with what made it, and the marks that relevance may go by."""

    kind: PageKind
    why: str
    marks: frozenset[str]
    speech: float  # verbs of reported speech a hundred words
    link_share: float | None  # of its letters, in links; None where its HTML is not at hand
    site: str = ""  # what the page calls its site

    @property
    def of_health(self) -> bool:
        """True where it speaks of health and care."""
        return NO_HEALTH not in self.marks


def facts_of(
    title: str,
    summary: str,
    text: str,
    *,
    url: str = "",
    media_type: str = "text/html",
    link_share: float | None = None,
    site: str = "",
) -> PageFacts:
    """The facts of a page. What is not known (address, links) speaks for nothing."""
    opening = f"{title}\n{summary}\n{text[:OPENING_CHARACTERS]}"
    words = len(text.split())
    said = len(SAID.findall(text))
    speech = round(100 * said / words, 2) if words else 0.0
    kinds = _kinds(title, opening, url, media_type, link_share)
    kind, why = min(kinds, key=lambda each: list(PageKind).index(each[0]))
    marks: set[str] = {str(kind)}
    if speech >= SPEECH and (said > 1 or words >= SHORT_WORDS):
        marks.add(SPEECH_MARK)
    if not HEALTH.search(opening):
        marks.add(NO_HEALTH)
    if THING.search(title):
        marks.add(NAMED_THING)
    return PageFacts(kind, why, frozenset(marks), speech, link_share, site)


def _kinds(
    title: str, opening: str, url: str, media_type: str, link_share: float | None
) -> Iterator[tuple[PageKind, str]]:
    """Every kind that something speaks for, with what does."""
    found_forms = (form.casefold() for form in VACANCY.findall(opening))
    forms = dict.fromkeys("band" if form.startswith("band") else form for form in found_forms)
    if len(forms) > 1:
        yield PageKind.vacancy, ", ".join(forms)
    if media_type.startswith(FILES):
        yield PageKind.document, "it is a file"
    elif why := _leads_on(title, url, link_share):
        yield PageKind.list_page, why
    parts = urlsplit(url)
    # The last part of an address is often its title: only before it is a section named.
    sections = parts.path.strip("/").rpartition("/")[0]
    thing, host = STRONG.search(title), parts.hostname or ""
    for where, patterns in ((sections, _PATHS), (host, _HOSTS)):
        for kind, pattern in patterns:
            papers = kind == PageKind.news and where == host and host.endswith(OWN_DOMAIN)
            kept_there = thing and kind in (PageKind.policy, PageKind.tender)
            found = None if papers or kept_there else pattern.search(where)
            if found:
                yield kind, f"{found[0].strip('/._-')} in its address"
    own = SITE.split(title, maxsplit=1)[0]
    for kind, pattern in _TITLES:
        found = pattern.search(title) or pattern.search(own)
        # The minutes of a network are no network.
        if found and kind != PageKind.list_page and (not thing or kind == PageKind.meeting):
            yield kind, f"{found[0].strip()!r} in its title"
    if found := thing or THING.search(title):
        yield PageKind.programme, f"{found[0].casefold()!r} in its title"
    yield PageKind.page, "nothing says what it is"


def _leads_on(title: str, url: str, link_share: float | None) -> str:
    """What makes it a list page; "" for a page that is none.

    It is never offered, so an address alone does not make one: its links must say so too.
    """
    if link_share is not None and link_share >= LINKS:
        return f"{link_share:.0%} of its letters are in links"
    parts = urlsplit(url)
    path = PAGER.sub("", parts.path).strip("/")
    sections, _, last = path.rpartition("/")
    shelf = sections.rpartition("/")[2]
    own = SITE.split(title, maxsplit=1)[0]
    named = _LIST_TITLE.search(own)
    maybe = None if STRONG.search(title) else MAYBE_LIST.search(title)
    many = link_share is not None and link_share >= LEADS_ON
    if named:
        return f"{named[0].strip()!r} in its title"
    if maybe and many:
        return f"{maybe[0].strip()!r} in its title, and {link_share:.0%} in links"
    in_address = (
        SHELF.fullmatch(shelf) or SECTION.fullmatch(last) or SHELF_ASKED.search(parts.query)
    )
    if in_address and many:
        return f"{in_address[0].strip('=&')} in its address, and {link_share:.0%} in links"
    if many and ARCHIVES.search(title):
        return f"its title, and {link_share:.0%} in links"
    return ""
