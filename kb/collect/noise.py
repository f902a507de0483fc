"""Blocks that stand beside the content of a page, and pages that say they are not there."""

import re

from lxml import etree, html

# Blocks beside the content, by what their class or id calls them: whole words of it.
BLOCK = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|related|recommended|also-like|popular|latest-news|promo\w*|"
    r"carousel|slider|rotat\w*|testimonials?|breadcrumbs?|newsletter|share|sharing|social|"
    r"view-?count|page-?views|last-?updated|feedback)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Of a class: the shelf that a page lies on (WordPress' post_class), no block of it.
FILED = re.compile(r"(?:category|tag|post|type|format|status|term|page-template|menu-item)-")
KEPT = etree.XPath(
    "boolean(self::main or self::article or self::h1 or self::h2 or self::h3 or self::h4 or "
    "self::h5 or self::h6 or descendant::main or descendant::h1)"
)
WITHIN_CONTENT = etree.XPath(
    "boolean(ancestor::main or ancestor::article or ancestor::*[@role='main' or "
    "@itemprop='articleBody'])"
)
SENTENCE = re.compile(r"(?:\S+ ){4,}\S+[.!?](?:\s|$)")
BANNER = re.compile(r"cookie|consent", re.IGNORECASE)  # what it says is of the site
INLINE = frozenset("a abbr b cite code em i mark q s small span strong sub sup time u".split())
MOST_PRUNED = 0.5  # a name that takes more than half of a page's words is no block beside it

MISSING = re.compile(
    r"\b(?:404|page (?:not|cannot be|can't be|could not be|no longer) (?:found|available|exists?)|"
    r"(?:can(?:'|’)?t|cannot|could not|couldn(?:'|’)t) find (?:the|that|this|your) page|"
    r"no longer (?:available|exists|here)|page (?:does not|doesn(?:'|’)t) exist)\b",
    re.IGNORECASE,
)
# What stands in place of a page: a challenge, a log-in, maintenance, consent, a script's shell.
STUB = re.compile(
    r"\b(?:just a moment|checking (?:if the site connection is secure|your browser)|verify(?:ing)? "
    r"(?:that )?you are (?:a )?human|(?:please )?enable (?:javascript|cookies)|javascript is "
    r"(?:disabled|required)|(?:you need to|please) (?:sign|log) in (?:to (?:continue|view|access)|"
    r"first)|(?:down|closed|offline) for (?:\w+ )?maintenance|(?:is )?under(?:going)? "
    r"(?:scheduled |planned |essential )?maintenance|temporarily unavailable|attention required|"
    r"access denied|request (?:was )?blocked|before you continue to)\b",
    re.IGNORECASE,
)
STUB_CHARACTERS = 600  # a stub says little else
MISSING_CHARACTERS = 1500  # a page that says it is missing says little else


def prune(tree: html.HtmlElement) -> None:
    """Takes blocks beside the content out of the tree.

    Never the content itself, nor what holds it, nor a heading, nor what holds most of the page's
    words; nor what says something in sentences, within the content or where a page does not
    say what its content is, unless it is called a banner of consent.
    """
    words, declared = _words(tree), bool(tree.xpath("//main | //article | //*[@role='main']"))
    for block in tree.xpath("//body//*[@class or @id]"):
        name = _name(block)
        named = block.tag not in INLINE and BLOCK.search(name)
        if not named or block.getparent() is None or KEPT(block):
            continue
        if _words(block) > MOST_PRUNED * words:
            continue
        beside = declared and not WITHIN_CONTENT(block)
        if not beside and not BANNER.search(name) and _says_something(block):
            continue
        block.drop_tree()


def _name(block: html.HtmlElement) -> str:
    """What class and id call a block: not what it is filed under, nor a heading's anchor."""
    classes = (name for name in block.get("class", "").split() if not FILED.match(name))
    anchor = block.get("id", "")
    heading = " ".join(
        block.xpath("string((self::*|descendant::*)[self::h2 or self::h3 or self::h4][1])").split()
    )
    if re.sub(r"\W+", "-", heading.casefold()).strip("-") == re.sub(
        r"\W+|_", "-", anchor.casefold()
    ):
        anchor = ""
    return " ".join([*classes, anchor])


def _words(element: html.HtmlElement) -> int:
    """How many words are shown in it; those of scripts and styles are none."""
    texts = element.xpath(".//text()[not(parent::script or parent::style or parent::noscript)]")
    return sum(len(text.split()) for text in texts)


def _says_something(block: html.HtmlElement) -> bool:
    """True for a block with a sentence that is no link."""
    own = " ".join(block.xpath(".//text()[not(ancestor::a or ancestor::button)]"))
    return bool(SENTENCE.search(" ".join(own.split())))


def says_it_is_a_stub(title: str, text: str) -> bool:
    """True for what a site answers in place of a page: a challenge, a log-in, maintenance."""
    return len(text) <= STUB_CHARACTERS and bool(STUB.search(f"{title}\n{text}"))


def says_it_is_missing(title: str, text: str) -> bool:
    """True for a page that answers 200 and says that there is nothing here (a soft 404)."""
    if len(text) > MISSING_CHARACTERS:
        return False
    opening = " ".join(text.split())[:200]
    return bool(MISSING.search(title) or MISSING.search(opening))
