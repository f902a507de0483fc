"""The one door for text from anywhere: masked, one Unicode form, no control characters."""

import unicodedata

from kb.text.masking import masked


def clean(text: str) -> str:
    """The text masked, in one Unicode form, on one line, without control characters."""
    plain = unicodedata.normalize("NFC", text)
    if plain.isprintable():
        return masked(" ".join(plain.split()))
    printable = "".join(
        char
        for char in plain
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return masked(" ".join(printable.split()))


def clean_lines(text: str) -> str:
    """Each line cleaned; those without anything left are left out."""
    cleaned = (clean(line) for line in text.splitlines())
    return "\n".join(line for line in cleaned if line)
