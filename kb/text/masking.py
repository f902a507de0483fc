"""Masks contact details of persons: e-mail addresses, telephone and National Insurance numbers.

Each pattern begins where a word begins and has an upper length, so that a text is read in time that
grows with its length alone. What looks like a British number is masked if the numbering plan
(libphonenumber) has it in use, or keeps it for examples.
"""

import re

import phonenumbers

AT = r"(?:[@＠]|%40|\[at\]|\(at\))"
DOT = r"(?:\.|\s?\[dot\]\s?|\s?\(dot\)\s?)"
EMAIL = re.compile(
    rf"(?<![\w.+'’-])[\w.+'’-]{{1,256}}\s?{AT}\s?[\w-]{{1,63}}(?:{DOT}[\w-]{{1,63}}){{1,8}}",
    re.IGNORECASE,
)
# A plus and a country; or 44 or 0, then eight to ten digits in groups. Never the inside of a longer
# number or word.
GAP = r"[\s().\u2010-\u2014-]{0,3}"
TELEPHONE = re.compile(
    rf"(?<![\w,/\u2010-\u2014-])(?<!\d[.\s])\(?(?:\+(?:{GAP}\d){{9,15}}|(?:0044|44(?=[\s(])|0)(?:{GAP}\d){{8,11}})"
    r"(?:/\d{1,2})?(?![\d\w])(?![.\s-]\d)"
)
EXAMPLES = re.compile(r"(?:7700900|1632960|\d{2,3}496|207946|8081570)\d{3,4}")  # kept by Ofcom
# HM Revenue and Customs, NIM39110: two prefix letters, six digits, one suffix letter A to D.
INSURANCE = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s.-]?\d{2}){3}[\s.-]?[A-D]\b",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with each contact detail replaced by what it was."""
    text = EMAIL.sub("[e-mail address]", text)
    text = INSURANCE.sub("[National Insurance number]", text)
    return TELEPHONE.sub(_telephone, text)


def _telephone(match: re.Match[str]) -> str:
    written = match[0].partition("/")[0]
    if written.startswith("44"):
        written = f"+{written}"
    try:
        number = phonenumbers.parse(written, "GB")
    except phonenumbers.NumberParseException:
        return match[0]
    national = str(number.national_number)
    if phonenumbers.is_valid_number(number) or EXAMPLES.fullmatch(national):
        return "[telephone number]"
    return match[0]
