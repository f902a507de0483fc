"""Blocks that stand beside the content of a page, and pages that say they are not there."""

import re

from lxml import html

# Blocks beside the content, by what their class or id calls them: whole words of it.
BLOCK = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|related|recommended|also-like|popular|latest-news|promo\w*|"
    r"carousel|slider|rotat\w*|testimonials?|breadcrumbs?|newsletter|share|sharing|social|"
    r"view-?count|page-?views|last-?updated|feedback)(?:$|[\s_-])",
    re.IGNORECASE,
)
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
    """Takes blocks beside the content out of the tree, unless that would take most of it."""
    blocks = [
        each
        for each in tree.xpath("//body//*[@class or @id]")
        if BLOCK.search(f"{each.get('class', '')} {each.get('id', '')}")
    ]
    words = len(tree.text_content().split())
    for block in blocks:
        if block.getparent() is None:
            continue
        if len(block.text_content().split()) <= MOST_PRUNED * words:
            block.drop_tree()


def says_it_is_a_stub(title: str, text: str) -> bool:
    """True for what a site answers in place of a page: a challenge, a log-in, maintenance."""
    return len(text) <= STUB_CHARACTERS and bool(STUB.search(f"{title}\n{text}"))


def says_it_is_missing(title: str, text: str) -> bool:
    """True for a page that answers 200 and says that there is nothing here (a soft 404)."""
    if len(text) > MISSING_CHARACTERS:
        return False
    opening = " ".join(text.split())[:200]
    return bool(MISSING.search(title) or MISSING.search(opening))
