"""What a site answers in place of a page: a challenge, a notice, or that there is none."""

import re

PAGE = r"(?:page|content|document|link|article|resource|item)"
GONE = (
    r"(?:(?:was |is |were |could |can)?\s?(?:not|n't|n’t) (?:be )?"
    r"(?:found|available|here|there|exist)|(?:do|does)(?: not|n't|n’t) exist|"
    r"(?:is |are )?no longer (?:available|exists?|here)|"
    r"(?:has |have )?(?:been )?(?:removed|deleted)|missing)"
)
MISSING = re.compile(
    rf"\b(?:{PAGE}\b(?: that)?(?: (?:you|we) (?:\w+ ){{1,4}}(?:for|to)?)?[^.!?]{{0,25}}?{GONE}|"
    rf"{PAGE} (?:has )?moved or (?:been )?\w+|"
    r"(?:can(?:'|’)?t|cannot|could not|couldn(?:'|’)t) find (?:the|that|this|your) page)\b",
    re.IGNORECASE,
)
MISSING_TITLE = re.compile(r"(?:error )?404\b(?: error| not found|$|\W)|(?:page )?not found$", re.I)
NO_LONGER = re.compile(r"this \w+ is no longer (?:available|here)\.?$", re.IGNORECASE)
MISSING_CHARACTERS = 1500  # a page that says it is missing says little else
OPENING_CHARACTERS = 200

# What cannot be anything else, wherever it stands: a challenge, the shell of a script.
CHALLENGE = re.compile(
    r"\b(?:just a moment|checking (?:if the site connection is secure|your browser)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|you(?:'re| are) (?:not )?a (?:human|ro?bot)|"
    r"(?:were|are) a bot|are you a robot|captcha|human verification|robot check|"
    r"press (?:&|and) hold|requested url was rejected|(?:incident|support) id\b|"
    r"enable javascript and cookies|(?:javascript|js) is (?:disabled|required)|"
    r"requires javascript|before you continue to|(?:sign|log) in to (?:continue|view this|access)|"
    r"request (?:was )?(?:blocked|rejected))",
    re.IGNORECASE,
)
# What a page of content may say in passing: in place of a page it is said first, and is all.
SITE = r"(?:this|the|our) (?:web ?)?(?:site|page|server|system|portal|service)"
NOTICE = re.compile(
    r"(?:(?:please )?(?:log|sign) in\b|you need to (?:log|sign) in|"
    r"(?:this|the) (?:content|page) is (?:only )?(?:for|available to) members|members only|"
    r"(?:\d{3} )?(?:access(?: to this page)? (?:is |has been )?(?:denied|forbidden)|forbidden|"
    r"over capacity|service (?:temporarily )?unavailable|bad gateway|internal server error)|"
    r"attention required|something went wrong|(?:please )?enable (?:javascript|cookies)|"
    rf"(?:{SITE}|we) (?:is|are)[\w ]{{0,30}} (?:maintenance|unavailable)|"
    r"(?:(?:web ?)?site |(?:is |currently |down |closed )*(?:under|for) |undergoing |"
    r"scheduled |planned |essential )*maintenance\b|(?:we(?:'|’)ll|we will) be back|"
    r"your privacy matters|(?:accept|reject) all(?: cookies)?|loading\b|coming soon|"
    r"our new website is coming|redirecting\b|you (?:are being|will be) redirected|"
    r"mae(?:'|’)r wefan yn cael ei chynnal)",
    re.IGNORECASE,
)
CHALLENGE_CHARACTERS = 600  # a challenge says little else
NOTICE_CHARACTERS = 300
SENTENCE_WORDS = 8  # one of so many words says something of its own


def says_it_is_a_stub(title: str, text: str) -> bool:
    """True for what a site answers in place of a page: a challenge, a log-in, maintenance.

    What a page of content may say in passing must be said first, and be all that is said.
    """
    if len(text) > CHALLENGE_CHARACTERS:
        return False
    if CHALLENGE.search(f"{title}\n{text}"):
        return True
    sentences = [each for each in re.split(r"[.!?\n]+\s*", text) if each.strip()]
    named = NOTICE.match(title) and len(title.split()) <= SENTENCE_WORDS // 2
    opening = named or any(NOTICE.match(each) for each in sentences[:2])
    others = [each for each in sentences if len(each.split()) >= SENTENCE_WORDS]
    own = [each for each in others if not NOTICE.match(each)]
    return bool(opening) and not own and len(text) <= NOTICE_CHARACTERS


def says_it_is_missing(title: str, text: str) -> bool:
    """True for a page that answers 200 and says that there is nothing here (a soft 404)."""
    if len(text) > MISSING_CHARACTERS:
        return False
    if MISSING_TITLE.match(title) or MISSING.search(title):
        return True
    opening = " ".join(text.split())[:OPENING_CHARACTERS]
    return bool(MISSING.search(opening) or NO_LONGER.fullmatch(opening))
