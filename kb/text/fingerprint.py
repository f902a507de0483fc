"""What counts as the content of a page, and what changes without the page having changed."""

import hashlib
import re

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


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of what counts as content: title and lines, without noise, case, order or repeats."""
    lines = {" ".join(line.casefold().split()) for line in text.splitlines()}
    kept = sorted(line for line in lines if line and not NOISE.match(line))
    return hashlib.sha256("\n".join([title.casefold(), *kept]).encode()).hexdigest()
