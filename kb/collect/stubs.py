"""What a site answers in place of a page: a challenge, a notice, or that there is none.

Told by whole sentences: *please log in to view this page* stands in place of a page, *log in with
NHS login to order prescriptions* is one. A stub says nothing else, but for what stands beside
such sentences: an apology, the labels of a form, an id.
"""

import re
from collections.abc import Iterator, Sequence

# What nothing but a challenge says, whatever stands beside it.
UNMISTAKABLE = re.compile(
    r"ray id|incapsula incident|enable javascript and cookies to continue|sorry, you have been"
    r" blocked|review the security of your connection|checking your browser before accessing|"
    r"verifying you are human|making sure you're not a bot|requested url was rejected"
)
STUB_CHARACTERS = 600  # a stub says little else
MISSING_CHARACTERS = 1500  # a page that says it is missing may list where else to look
OPENING = 3  # sentences, of which one must say so
TITLE_CHARACTERS = 300
OWN_WORDS = 5  # an unknown sentence of so many words says something of its own
MOST_ASIDES = 5  # shorter ones: the name of the site, a button
QUOTES = str.maketrans("’‘`´", "''''")
PARTS = re.compile(r"[.!?…]+(?:\s+|$)|\n+|\s[|–—·]\s|\s-\s")

SITE = r"(?:this|the|our|your) (?:web ?)?(?:site|page|server|system|portal)"
NOW = r"(?: (?:at (?:the|this) (?:moment|time)|right now|at present|currently|for now))?"
MAINTENANCE = r"(?:(?:some|essential|planned|scheduled|routine|site|website) )*maintenance"
THIS = r"(?:(?:this|the|our) (?:page|content|site|area|account|document|resource|website))"
IN_PLACE = (
    # A challenge, a script.
    r"(?:just a|one) moment(?:,? please)?|please wait(?: while .{3,60})?|please stand by",
    r"(?:this website is |we are |we're )?(?:checking|verifying) (?:your|you|the|if|that) .{0,80}",
    r"(?:please )?(?:verify|confirm|prove) (?:that )?you(?:'re| are) (?:not a robot|(?:a"
    r" )?human).{0,60}",
    r"(?:please )?(?:complete|solve) (?:the|this) (?:captcha|security check).{0,60}",
    r"are you (?:a )?(?:ro)?bot|are you (?:a )?human|.{0,70}made us think you were a bot.{0,60}",
    r"press (?:&|and) hold.{0,60}|pardon our interruption|attention required|security check",
    r"human verification|robot check|captcha|one more step",
    r"(?:please |you need to )?enable (?:javascript|js|cookies)(?: and (?:cookies|javascript))?"
    r"(?: (?:to|in|on) .{0,80})?",
    r"(?:javascript|js) (?:is|must be) (?:disabled|required|enabled)(?: .{0,60})?",
    r"this (?:site|page|app|website) requires javascript.{0,60}",
    r"(?:(?:we're|we are) sorry,? but )?.{1,40} work properly without javascript(?: enabled)?",
    r"(?:let's )?confirm you are (?:a )?human|please wait a few seconds|.{1,40} needs to review the"
    r" security of your connection.{0,40}|once this check is complete.{0,100}",
    # Refused.
    r"request unsuccessful|(?:incapsula )?incident id\b.{0,40}|this is a private site|you are not"
    r" logged in",
    r"(?:the )?requested url was rejected.{0,80}|request (?:was )?(?:blocked|rejected"
    r"|forbidden.{0,40})",
    r"(?:sorry, )?you have been blocked|you are unable to access .{0,60}",
    r"your access to this (?:site|service|page) has been (?:limited|blocked|denied).{0,40}",
    r"access(?: to (?:this|the) (?:page|site))?(?: is| has been)? (?:denied|forbidden)|forbidden",
    r"you (?:don't|do not) have permission to access.{0,100}",
    r"you are not auth?ori[sz]ed to (?:access|view).{0,40}|before you continue to .{0,40}",
    r"(?:you have made )?too many requests|over capacity|too many people are .{0,60}",
    r"you are now in line|you are in a (?:virtual )?queue",
    # A fault of the site.
    r"(?:http )?(?:error )?(?:40[0-39]|429|50\d)(?: .{0,40})?|bad gateway|gateway time-?out",
    r"(?:the )?service (?:is )?(?:temporarily )?unavailable|internal server error",
    r"(?:sorry,? )?there (?:is|was) a problem with (?:the|this) service|something went wrong",
    r"there has been a critical error on (?:this|your) (?:web ?)?site",
    r"(?:error|problem) establishing a database connection|database error",
    r"(?:the (?:web ?)?site encountered |an )(?:an )?(?:unexpected )?error(?: (?:has )?occurred)?"
    r"(?: while .{0,40})?",
    r"the server is temporarily unable to .{0,120}|sorry, the service is unavailable",
    r"(?:this |the )?account (?:has been )?suspended|website suspended|welcome to nginx",
    r"(?:apache2? .{0,30}default page|it works)|this domain (?:name )?is (?:for sale"
    r"|parked).{0,40}",
    # To log in.
    r"(?:please )?(?:log|sign)[ -]?in(?: or (?:register|sign up|create an account))?"
    rf"(?: (?:to|and) (?:continue|proceed|your account|(?:view|access|see|use|read)(?: {THIS}|"
    rf" it)?))?"
    r"(?: below| here| first)?",
    r"(?:sorry,? )?you (?:must|need to|have to) (?:be )?(?:log|sign)(?:ged|ned)?[ -]?in(?: or"
    r" register)?"
    rf"(?: to (?:continue|proceed|(?:view|access|see|use|read)(?: {THIS}| it)?|request access))?",
    rf"(?:sorry,? )?{THIS} is (?:only )?(?:available to|for|restricted to) (?:\w+ )?(?:members"
    rf"|users)"
    r"(?: only)?|members only",
    rf"{THIS} is password protected|to view it,? please enter your password below",
    r"your session has (?:timed out|expired|ended).{0,60}|please start the session again.{0,40}",
    # Maintenance, and what is not there yet.
    rf"(?:sorry,? )?{SITE} (?:is|are) (?:\w+ ){{0,2}}(?:unavailable|offline|down|being (?:updated"
    rf"|upgraded)|"
    rf"under (?:maintenance|construction)|(?:down|closed|offline) for (?:\w+ )?maintenance|"
    rf"undergoing {MAINTENANCE}){NOW}",
    rf"this service is (?:currently )?(?:under|undergoing|down for) {MAINTENANCE}{NOW}",
    rf"(?:we are|we're) (?:currently )?(?:carrying out|doing|performing) {MAINTENANCE}"
    rf"(?: (?:on|to) (?:our|the|this) (?:web ?)?site)?{NOW}",
    rf"(?:(?:web ?)?site )?(?:under|down for|undergoing) {MAINTENANCE}|(?:site|website|scheduled|"
    r"planned|essential) maintenance|(?:web ?)?site (?:under )?maintenance",
    r"briefly unavailable(?: for scheduled maintenance)?|under construction|coming soon",
    r"(?:our )?new (?:web ?)?site (?:is )?coming soon",
    r"(?:we'll|we will) be (?:back|back online)(?: soon| shortly)?",
    r"mae'r wefan yn cael ei chynnal.{0,60}",
    # Consent, and the way elsewhere.
    r"we value your privacy|your privacy matters|(?:accept|reject) all(?: cookies)?",
    r"cookies on (?:this|our) (?:web ?)?site|we use cookies to .{0,140}|by clicking .{0,100}",
    r"we'd (?:also )?like to (?:use|set) .{0,60}",
    r"redirecting(?: to .{0,40})?|you (?:are being|will be) redirected.{0,60}|loading",
)
BESIDE_IT = (
    r"(?:please )?try again.{0,40}|(?:please )?(?:check|come) back.{0,40}|you can (?:call|phone)"
    r" .{0,40}",
    r"(?:we )?(?:are sorry|apologi[sz]e|apologies|sorry) .{0,90}|thank you.{0,60}|thanks.{0,40}",
    r"user ?name|pass ?word|(?:your )?(?:work )?e-?mail(?: address)?|remember me|submit|search"
    r"|menu|home",
    r"forg[eo]t(?:ten)?(?: your)? password|username password.{0,40}|continue|cancel|register|back",
    r"(?:please )?enter your (?:work )?(?:e-?mail|user ?name|password).{0,60}",
    r"(?:\w+ )?(?:reference|ray|incident|support|request|error|your ip|time|date)(?: id|"
    r" number)?\W.{0,60}",
    r"your (?:support id|number|reference|ip(?: address)?) is.{0,60}",
    r"if you (?:think|believe|are (?:the|a) (?:site )?owner|are not|see|were|manage|need).{0,200}"
    r"|why (?:do|have|am) .{0,60}|learn more"
    r" .{0,60}",
    r"contact (?:us|your|the) .{0,80}|please contact .{0,80}|(?:please )?(?:register|update your)"
    r" .{0,40}",
    r"we are (?:working (?:on it|to|hard)|making (?:improvements|changes)|doing|currently) .{0,90}"
    r"|you will be able to use .{0,60}",
    r"this (?:process|page|website|request) (?:is|will|was) .{0,90}|further configuration .{0,40}",
    r"there are a few reasons .{0,40}|the action you .{0,90}|(?:it may take|please allow|your"
    r" browser will) .{0,60}|nginx.{0,20}|cloudflare.{0,20}",
    r"click .{0,40}|checking it|(?:please )?enable it.{0,40}|buy this domain|or create an account",
    r"a required part of this site .{0,40}|(?:this|it) may take .{0,40}|complete the security"
    r" check .{0,60}",
)
PAGE = r"(?:page|content|document|file|link|article|resource|item|url|address|web ?page|site)"
LOOKED_FOR = (
    r"(?: (?:that )?(?:you|we)(?:'re| are|'ve| have| were)? (?:\w+ ){0,3}?(?:for|after|to view"
    r"|visit|"
    r"reach|access|requested|followed|open))?"
)
NOT_THERE = (
    r"(?:(?:could|can|can't|cannot|couldn't|is|was|isn't|wasn't|are|were)(?: not)? (?:be )?"
    r"(?:found|here|there)|(?:has|have|might|may|was|were)(?: have)? (?:been )?"
    r"(?:archived or )?(?:removed|deleted)|(?:is |are )?no longer (?:exists?|here|there)"
    r"|(?:does|do)(?: not|n't) (?:seem to )?exist(?: any ?more)?|not found|missing|be broken)"
)
AWAY = (
    r"(?:(?:is|was|are|were)(?:n't| not)? (?:un)?available|(?:is |are )?no longer available"
    r"|has (?:been )?moved(?: or (?:been )?\w+)?|has been archived)"
)
THERE = (
    r"(?: (?:here|(?:on|at) (?:this|our|the) (?:site|website|server|address|location)|any ?more"
    r"|any longer|now|right now|at the moment))?"
)
LEAD = (
    r"(?:(?:(?:an )?error(?: occurred)?|sorry|oops|whoops|uh oh|hmm|we(?:'re| are) sorry)\W*"
    r"(?: but )?)?(?:the |this |that |your )?(?:requested |web ?)?"
)
MISSING = (
    rf"{LEAD}{PAGE}(?: /\S*)?{LOOKED_FOR} {NOT_THERE}{THERE}(?:(?: or|,).{{0,80}})?",
    r"(?:sorry,? )?(?:we )?(?:can't|cannot|can not|could not|couldn't) find"
    r" (?:the|that|this|your) (?:page|content|document|file|url).{0,40}",
    r"(?:sorry,? )?we (?:can't|couldn't|could not) find what you (?:were|are) looking for",
    r"it looks like nothing was found(?: (?:here|at this location))?",
    r"there(?:'s| is) nothing (?:here|at this address|to see here)",
    rf"the (?:job|vacancy|event|publication) you (?:are|were) looking for (?:{NOT_THERE}|{AWAY}).*",
    r"you (?:seem to )?have followed a broken link",
    r"(?:error )?404(?:\W{1,3}(?:error|(?:page |file )?not found|file or directory not found))?",
    r"404 error|page (?:not found|missing|deleted)|ni allwn ddod o hyd i(?:'r)? .{0,40}",
)
# What a page of content may say of itself too: missing where it says nothing else.
MAY_BE_MISSING = (
    rf"{LEAD}{PAGE}{LOOKED_FOR} {AWAY}{THERE}(?:(?: or|,).{{0,80}})?",
    r"this \w+ is no longer (?:available|here)|page unavailable|not found",
    r"nothing (?:was |could be )?found(?: (?:here|at this location))?",
)
_IN_PLACE = re.compile("|".join(IN_PLACE))
_BESIDE_IT = re.compile("|".join(BESIDE_IT))
_MISSING = re.compile("|".join(MISSING))
_MAY_BE_MISSING = re.compile("|".join(MAY_BE_MISSING))


def says_it_is_a_stub(title: str, text: str) -> bool:
    """True for what a site answers in place of a page: a challenge, a log-in, maintenance."""
    if len(text) > STUB_CHARACTERS:
        return False
    named, said = list(_sentences(title[:TITLE_CHARACTERS])), list(_sentences(text))
    if any(UNMISTAKABLE.search(each) for each in (*named, *said)):
        return True
    if not any(_IN_PLACE.fullmatch(each) for each in (*named, *said[:OPENING])):
        return False
    return not _says_something_else(said, named)


def says_it_is_missing(title: str, text: str) -> bool:
    """True for a page that answers 200 and says that there is nothing here (a soft 404)."""
    if len(text) > MISSING_CHARACTERS:
        return False
    named, every = list(_sentences(title[:TITLE_CHARACTERS])), list(_sentences(text))
    said = [each for each in every if each not in named]
    opening = (*named, *said[: OPENING - 1])
    if any(_MISSING.fullmatch(each) for each in opening):
        return True
    if not any(_MAY_BE_MISSING.fullmatch(each) for each in opening):
        return False
    rest = [each for each in said if not _MAY_BE_MISSING.fullmatch(each)]
    return not _says_something_else(rest, named)


def _says_something_else(said: Sequence[str], named: Sequence[str]) -> bool:
    """True for sentences of its own, or many asides, beside what stands in place of a page."""
    others = [each for each in said if not _is_of_a_stub(each) and each not in named]
    asides = [each for each in others if len(each.split()) < OWN_WORDS]
    return len(asides) < len(others) or len(asides) > MOST_ASIDES or any(map(_tells, asides))


def _sentences(text: str) -> Iterator[str]:
    for part in PARTS.split(text.translate(QUOTES).casefold()):
        if part := " ".join(part.split()).strip(" .!?…:;,"):
            yield part


def _is_of_a_stub(sentence: str) -> bool:
    return bool(_IN_PLACE.fullmatch(sentence) or _BESIDE_IT.fullmatch(sentence))


def _tells(aside: str) -> bool:
    """True for a few words that say something: a day, a time, a number of a ward."""
    return any(char.isdigit() for char in aside)
