"""What kind of page it is: rules over its address, its title, its words and its links.

The rules are few and can be read; each says what made it so. They tell how a page speaks, not
whether it is worth reading: that is relevance, which some of these marks act upon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from kb.declare.page_kinds import NAMED_THING, NO_HEALTH, SPEECH_MARK, PageKind

FORM = "1"  # changes when the same page would be of another kind
OPENING_CHARACTERS = 800
LINKS = 0.75  # of the letters of a page: from here on it leads to others and says little
SPEECH = 0.4  # verbs of reported speech a hundred words, from which others are made to speak


# A word of an address: whole, between two of / - _ . or its ends.
_WORD = r"(?:^|[/._-])(?:{})(?:$|[/._-])"
IN_PATH = (
    (PageKind.vacancy, r"jobs?|vacanc(?:y|ies)|careers"),
    (PageKind.tender, r"tenders?|contracts?|procurement"),
    (PageKind.meeting, r"board-?(?:papers|meetings?)|agendas?|minutes"),
    (PageKind.policy, r"polic(?:y|ies)|procedures?"),
    (PageKind.blog, r"blogs?|opinions?|comment(?:ary)?|insights?|views|column(?:ist)?s?"),
    (
        PageKind.news,
        r"news|newsroom|news-?room|press|press-releases?|media-releases?|releases?|articles?|"
        r"stor(?:y|ies)|20\d\d/\d\d?",
    ),
    (PageKind.event, r"events?|webinars?|conferences?"),
)
IN_HOST = (
    (PageKind.news, r"news|times|echo|guardian|standard|herald|gazette|mail|bbci|journal|voice"),
    (PageKind.blog, r"blogs?"),
    (PageKind.tender, r"\w*tenders?"),
)
IN_TITLE = (
    (
        PageKind.list_page,
        r"^(?:(?:latest |all |our )?(?:news|jobs|vacancies|events|blogs?|publications|pages|"
        r"articles|press releases)|news (?:and|&) \w+|(?:tag|category|topic|archives?|author|"
        r"search results)\b.*|a ?(?:-|to) ?z\b.*|sitemap|.* archives?)$|[–|-] page \d+$",
    ),
    (PageKind.tender, r"\b(?:award|contract|tender) notice\b|\binvitation to tender\b"),
    (PageKind.meeting, r"\bboard (?:meeting|papers)\b|^(?:meeting )?agenda\b|\bminutes of\b"),
    (
        PageKind.return_,
        r"\bpay gap\b|\b(?:WRES|WDES|MWRES|workforce (?:race|disability) equality standard)\b.*"
        r"\b(?:data|report|return|action plan|results?|submission)\b|"
        r"\b(?:equality|diversity|EDI)\b.*\b(?:annual )?reports?\b|\bgender and ethnicity\b",
    ),
    (PageKind.policy, r"\b(?:policy|procedure)(?: \d{4}| and procedure)?$"),
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
LAST_OF_LISTS = re.compile(r"archives?|search|sitemap|page-?\d+", re.IGNORECASE)
LEADS_ON = 0.15  # share of links from which what stands on a shelf is the shelf itself
FILES = "application/"
_PATHS = [(kind, re.compile(_WORD.format(words), re.I)) for kind, words in IN_PATH]
_HOSTS = [(kind, re.compile(_WORD.format(words), re.I)) for kind, words in IN_HOST]
_TITLES = [(kind, re.compile(words, re.IGNORECASE)) for kind, words in IN_TITLE]


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
    speech = round(100 * len(SAID.findall(text)) / words, 2) if words else 0.0
    kinds = _kinds(title, opening, url, media_type, link_share)
    kind, why = min(kinds, key=lambda each: list(PageKind).index(each[0]))
    marks: set[str] = {str(kind)}
    if speech >= SPEECH:
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
    if link_share is not None and link_share >= LINKS:
        yield PageKind.list_page, f"{link_share:.0%} of its letters are in links"
    forms = dict.fromkeys(form.casefold() for form in VACANCY.findall(opening))
    if len(forms) > 1:
        yield PageKind.vacancy, ", ".join(forms)
    parts = urlsplit(url)
    *sections, last = parts.path.strip("/").split("/")
    on_a_shelf = sections[-1] if sections else ""
    leads_on = link_share is None or link_share >= LEADS_ON
    if SHELF.fullmatch(on_a_shelf) and leads_on:
        yield PageKind.list_page, f"{on_a_shelf} in its address"
    elif LAST_OF_LISTS.fullmatch(last):
        yield PageKind.list_page, f"{last} in its address"
    for kind, pattern in _PATHS:
        # The last part of an address is often its title: only before it is a section named.
        if found := pattern.search("/".join(sections)):
            yield kind, f"{found[0].strip('/._-')} in its address"
    for kind, pattern in _HOSTS:
        if found := pattern.search(parts.hostname or ""):
            yield kind, f"{found[0].strip('._-')} in its address"
    for kind, pattern in _TITLES:
        if found := pattern.search(title):
            yield kind, f"{found[0].strip()!r} in its title"
    if media_type.startswith(FILES):
        yield PageKind.document, "it is a file"
    if found := THING.search(title):
        yield PageKind.programme, f"{found[0].casefold()!r} in its title"
    yield PageKind.page, "nothing says what it is"
