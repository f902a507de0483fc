"""Blocks that stand beside the content of a page."""

import re

from lxml import etree, html

# Blocks beside the content, by what their class or id calls them: whole words of it.
BLOCK = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent[_-](?:banner|bar|box|container|dialog|layer|manager|modal|notice|"
    r"overlay|popup|prompt|sdk|tool|wrapper)|(?:cc|cmp)[_-](?:consent|window|container)|onetrust\w*|"
    r"cybot\w*|related|recommended|also-like|popular(?![\s_-]services)|latest-news|promo\w*|carousel|"
    r"slider|rotat\w*|testimonials?|breadcrumbs?|newsletter|share|sharing|"
    r"social(?![\s_-](?:care|prescrib|work|value|justice|mobility|housing|security|isolation))|"
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
BANNER = re.compile(
    r"cookie|consent[_-]|onetrust|cybot|cc-|cmp-", re.IGNORECASE
)  # what it says is of the site
INLINE = frozenset("a abbr b cite code em i mark q s small span strong sub sup time u".split())
# Headings of blocks that lead elsewhere.
FURNITURE = re.compile(
    r"related|also (?:like|read|see)|read (?:more|next)|more (?:news|stories|articles|from|like)|"
    r"share|follow us|latest|popular|most read|recommended|newsletter|sign up|subscribe|cookie|"
    r"feedback|comments?|tags|helpful|in this section|explore|quick links|useful links|news",
    re.IGNORECASE,
)
MOST_PRUNED = 0.5  # a name that takes more than half of a page's words is no block beside it


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
        content = _says_something(block) or (declared and _has_a_heading_of_its_own(block))
        if not beside and not BANNER.search(name) and content:
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


def _has_a_heading_of_its_own(block: html.HtmlElement) -> bool:
    """True for a block under a heading that is not itself what such blocks are called."""
    headings = block.xpath("descendant::*[self::h2 or self::h3 or self::h4]")
    return any(not FURNITURE.search(" ".join(each.itertext())) for each in headings)
