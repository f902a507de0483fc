"""What changes on a page without the page having changed, and what says it is not there."""

import hashlib
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

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}\s+\d{{4}}|\d{{4}}-\d\d-\d\d|"
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4})"
)
NOISE = re.compile(
    rf"^(?:(?:page\s+)?(?:last\s+)?(?:updated|reviewed|modified|checked|published)(?:\s+on)?:?\s*{DAY}"
    rf"(?:\W.{{0,20}})?|{DAY}|(?:\d[\d,. ]*)\s*(?:views?|reads?|shares?|likes?|visits?|comments?)|"
    r"(?:views?|reads?|shares?|likes?|visits?|comments?):?\s*\d[\d,.]*|"
    r"(?:we use|this (?:web)?site uses) cookies.{0,300})$",
    re.IGNORECASE,
)
MISSING = re.compile(
    r"\b(?:404|page (?:not|cannot be|can't be|could not be|no longer) (?:found|available|exists?)|"
    r"(?:can(?:'|’)?t|cannot|could not|couldn(?:'|’)t) find (?:the|that|this|your) page|"
    r"no longer (?:available|exists|here)|page (?:does not|doesn(?:'|’)t) exist)\b",
    re.IGNORECASE,
)
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


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of what counts as content: title and lines, without noise, case, order or repeats."""
    lines = {" ".join(line.casefold().split()) for line in text.splitlines()}
    kept = sorted(line for line in lines if line and not NOISE.match(line))
    return hashlib.sha256("\n".join([title.casefold(), *kept]).encode()).hexdigest()


def says_it_is_missing(title: str, text: str) -> bool:
    """True for a page that answers 200 and says that there is nothing here (a soft 404)."""
    if len(text) > MISSING_CHARACTERS:
        return False
    opening = " ".join(text.split())[:200]
    return bool(MISSING.search(title) or MISSING.search(opening))
