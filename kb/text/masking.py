"""Masks contact details of persons: e-mail addresses, telephone and National Insurance numbers."""

import re

EMAIL = re.compile(r"[\w.+'’-]+\s?(?:@|\[at\]|\(at\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# +44 or 0, then nine or ten digits in groups; never the inside of a longer number or word.
TELEPHONE = re.compile(
    r"(?<![\w,/-])(?<!\d\.)(?:\+44|0044|0|\(0)(?:[\s().–-]{0,2}\d){9,10}(?![\d\w])(?!\.\d)"
)
# HM Revenue and Customs, NIM39110: two prefix letters, six digits, one suffix letter A to D.
INSURANCE = re.compile(
    r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[\s-]?\d{2}){3}[\s-]?[A-D]\b", re.IGNORECASE
)
MASKS = (
    (EMAIL, "[e-mail address]"),
    (INSURANCE, "[National Insurance number]"),
    (TELEPHONE, "[telephone number]"),
)


def masked(text: str) -> str:
    """The text with each contact detail replaced by what it was."""
    for pattern, name in MASKS:
        text = pattern.sub(name, text)
    return text
