"""What counts as the content of a page, and what changes without the page having changed.

What a page says of itself (when it was updated, how often it was read, whose copyright it is) is no
content; what it says of its subject is, a date or a word behind such a line among it.
"""

import hashlib
import re

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
DAY = (
    rf"(?:{WEEKDAY}\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH},?\s+\d{{4}}"
    rf"|{WEEKDAY}{MONTH}\s+\d{{1,2}},?\s+"
    rf"\d{{4}}|{MONTH}\s+\d{{4}}|\d{{4}}-\d\d-\d\d(?:[t ]\d\d:\d\d\S*)?|"
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
)
UNIT = r"(?:second|minute|min|hour|day|week|month|year)s?"
AGO = rf"(?:(?:about\s+)?(?:an?|one|\d+)\s+{UNIT}\s+ago|last\s+(?:week|month|year))"
TIME = r"(?:,?\s+(?:at\s+)?\d{1,2}(?:[:.]\d\d(?:\s?[ap]m)?|\s?[ap]m)(?:\s(?:gmt|bst|utc))?)"
WHEN = rf"(?:{DAY}|{AGO}|yesterday|today|just now){TIME}?"
MADE = (
    r"(?:updated?|reviewed|modified|checked|published|posted|amended|edited|revised|created|"
    r"generated|printed)"
)
THIS = r"(?:page|article|post|content|document|guidance|information)"
DATED = (
    rf"(?:date\s+)?(?:of\s+)?(?:we\s+)?(?:(?:this\s+)?{THIS}\s+)?"
    rf"(?:was\s+|has been\s+)?(?:first\s+|last\s+|originally\s+|next\s+)?(?:{MADE}|review)"
    rf"(?:\s+this\s+{THIS})?(?:\s+by\s[^\d:]{{1,40}}?)?(?:(?<=reviewed)\s+in|(?<=checked)\s+in|\s+(?:on|date|due))*"
)
NUMBER = r"\d[\d,. ]*[km]?"
COUNTED = (
    r"(?:views?|reads?|downloads?|shares?|likes?|(?:page|site) visits?|comments?|hits?|followers?)"
)
NOISE = re.compile(
    rf"^[(♥❤]?\s*(?:(?:{DATED}\s*[:-]?\s*{WHEN}(?:\s+by\s[^\d]{{1,40}})?\s*[|,;·.]?\s*)+"
    rf"|{DATED}\s*:?\s*\d{{1,2}}[:.]\d\d(?:\s?[ap]m)?,?\s+(?:on\s+)?{DAY}"
    rf"|{DAY}\s*·?\s*{NUMBER}\s?min(?:ute)?s? read"
    rf"|(?:(?:post|page|total|article)\s+)?{COUNTED}:?\s*{NUMBER}|{NUMBER}\s*{COUNTED}"
    rf"|you are visitor (?:number|no\.?) {NUMBER}|{NUMBER} responses? to [\"'].{{1,120}}"
    rf"|{AGO}|today is {DAY}"
    r"|(?:this (?:page|article) (?:has been|was) )?(?:viewed|downloaded|shared|read) "
    rf"{NUMBER} times"
    rf"|{NUMBER} (?:of {NUMBER} )?people (?:have )?(?:viewed|read|found) this"
    r"(?: page)?(?: helpful)?"
    rf"|(?:no|{NUMBER}|0) comments?|comments? \({NUMBER}\)|visitor (?:number|no\.?):? {NUMBER}"
    rf"|(?:last accessed|(?:information )?correct (?:as of|at|on)):? {WHEN}"
    rf"|page generated (?:in|at) [\d.:]+(?: seconds)?"
    rf"|{NUMBER}\s?min(?:ute)?s? read|reading time:? {NUMBER}\s?min(?:ute)?s?"
    rf"|rated {NUMBER} out of {NUMBER} \({NUMBER} (?:votes?|ratings?|reviews?)\)"
    r"|(?:all rights reserved\.? )?(?:(?:©|\(c\))\s?[^.]{0,80}|copyright\s+(?:©\s*)?)"
    r"\b(?:19|20)\d\d\b(?:[^.\s]*\s+){0,4}[^.\s]*(?:\. (?:all rights reserved|"
    r"registered charity .{1,40}))?|copyright (?:[^.\d]+\s)?(?:19|20)\d\d"
    rf"|(?:only )?{NUMBER}\s(?:days?|hours?|weeks?|minutes?) (?:left|remaining|to go)(?: to \w+)?"
    rf"|(?:closes|ends|starts|opens) in {NUMBER}\s(?:days?|hours?|weeks?))[.!)]?$"
)
COOKIES = re.compile(
    r"^(?:we use|this (?:web)?site uses) cookies(?: (?:to|on this|and|for"
    r"|so)\b[^.!?]{0,200})?(?:[.!?]\s*|$)"
)
FORMS = str.maketrans(dict(zip("’‘ʼ´“”„‟‐‑–—−…", [*"''''\"\"\"\"-----", "..."], strict=True)))
HEADING_WORDS = 12
SHORTEST_WORDS = 2  # a line that ends as a sentence does, and is none
LABEL_WORDS = 4  # a shorter line, that is no item of a list, is read with the one before it


def fingerprint(title: str, text: str) -> str:
    """SHA-256 of what counts as content: title and lines, without noise, case or repeats.

    Sentences and the items of a list (`- `) under one heading have no order; a line belongs to
    its heading, and a short one to the line before it, as a value to its label.
    """
    kept = set()
    before = heading = ""
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
        if _is_heading(plain):
            heading = plain
            kept.add(f"{before}\n{plain}" if label and before else plain)
        else:
            kept.add(f"{before or heading}\n{plain}" if label else f"{heading}\n{plain}")
        before = plain if label else ""
    name = title.translate(FORMS).casefold()
    return hashlib.sha256("\n".join([name, *sorted(kept)]).encode()).hexdigest()


def _is_heading(line: str) -> bool:
    """True for a line that may head those behind it: short and no sentence, or a question."""
    words = len(line.split())
    if line.startswith("- ") or line.endswith((";", ",")):
        return False
    if line.endswith((".", "!")):
        return words <= SHORTEST_WORDS
    return words <= HEADING_WORDS or line.endswith("?")
