"""What counts as the content of a page, and what changes without the page having changed.

What a page says of itself (when it was updated, how often it was read, whose copyright it is) is no
content; what it says of its subject is, a date or a word behind such a line among it.
"""

import hashlib
import re

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
DAY = (
    rf"(?:{WEEKDAY}\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}}|{WEEKDAY}{MONTH}\s+\d{{1,2}},?\s+"
    rf"\d{{4}}|{MONTH}\s+\d{{4}}|\d{{4}}-\d\d-\d\d(?:[t ]\d\d:\d\d\S*)?|"
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
)
UNIT = r"(?:second|minute|min|hour|day|week|month|year)s?"
AGO = rf"(?:an?|one|\d+)\s+{UNIT}\s+ago"
TIME = r"(?:,?\s+(?:at\s+)?\d{1,2}[:.]\d\d(?:\s?[ap]m)?(?:\s(?:gmt|bst|utc))?)"
WHEN = rf"(?:{DAY}|{AGO}|yesterday|today|just now){TIME}?"
MADE = (
    r"(?:updated?|reviewed|modified|checked|published|posted|amended|edited|revised|created|issued|"
    r"generated|printed)"
)
DATED = (
    r"(?:date\s+)?(?:of\s+)?(?:(?:this\s+)?(?:page|article|post|content|document|guidance)\s+)?"
    rf"(?:was\s+|has been\s+)?(?:first\s+|last\s+|originally\s+|next\s+)?(?:{MADE}|review)"
    r"(?:\s+by\s[^\d:]{1,40}?)?(?:\s+(?:on|date|due))*"
)
NUMBER = r"\d[\d,. ]*[km]?"
COUNTED = r"(?:views?|reads?|downloads?|shares?|likes?|visits?|comments?|hits?|followers?)"
NOISE = re.compile(
    rf"^(?:(?:{DATED}\s*:?\s*{WHEN}(?:\s+by\s[^\d]{{1,40}})?\s*[|,;·.]?\s*)+"
    rf"|(?:(?:post|page|total|article)\s+)?{COUNTED}:?\s*{NUMBER}|{NUMBER}\s*{COUNTED}"
    rf"|{AGO}|today is {DAY}|(?:viewed|downloaded|shared|read) {NUMBER} times"
    rf"|{NUMBER} people (?:have )?(?:viewed|read|found) this(?: helpful)?"
    rf"|{NUMBER}\s?min(?:ute)?s? read|reading time:? {NUMBER}\s?min(?:ute)?s?"
    rf"|rated {NUMBER} out of {NUMBER} \({NUMBER} (?:votes?|ratings?|reviews?)\)"
    r"|(?:all rights reserved\.? )?(?:(?:©|\(c\))\s?[^.]{0,80}|copyright\s+(?:©\s*)?)"
    r"\b(?:19|20)\d\d\b[^.]{0,60}(?:\. all rights reserved)?"
    rf"|(?:only )?{NUMBER}\s(?:days?|hours?|weeks?|minutes?) (?:left|remaining|to go)(?: to \w+)?"
    rf"|(?:closes|ends|starts|opens) in {NUMBER}\s(?:days?|hours?|weeks?))[.!]?$"
)
COOKIES = re.compile(r"^(?:we use|this (?:web)?site uses) cookies[^.!?]{0,200}(?:[.!?]\s*|$)")
FORMS = str.maketrans(dict(zip("’‘ʼ“”‐‑–—…", [*"'''\"\"----", "..."], strict=True)))
LABEL_WORDS = 4  # a shorter line, that is no item of a list, is read with the one before it


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of what counts as content: title and lines, without noise, case or repeats.

    Sentences and the items of a list (`- `) have no order; a short line belongs to the line
    before it, as a value to its label.
    """
    kept = set()
    before = ""
    for line in text.splitlines():
        plain = COOKIES.sub("", " ".join(line.translate(FORMS).casefold().split()))
        said = plain.removeprefix("- ").replace("|", " ").strip()
        if not said or NOISE.match(said) or NOISE.match(f"{before} {said}"):
            continue
        label = (
            len(plain.split()) < LABEL_WORDS
            and not plain.startswith("- ")
            and not plain.endswith((".", "!", "?"))
        )
        kept.add(f"{before}\n{plain}" if label and before else plain)
        before = plain if label else ""
    name = title.translate(FORMS).casefold()
    return hashlib.sha256("\n".join([name, *sorted(kept)]).encode()).hexdigest()
