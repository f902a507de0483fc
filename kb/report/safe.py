"""Text from outside made safe for where it goes. One function a format."""

import unicodedata

from kb.text.described import DESCRIBED_AT

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


# What turns the direction of a line, or stands in it unseen.
UNSEEN = dict.fromkeys(
    [0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def _seen(text: str) -> str:
    return text.translate(UNSEEN)


def for_terminal(text: str) -> str:
    """On one line, without escapes, control characters or marks that turn the direction."""
    shown = (char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return " ".join("".join(shown).split())


def for_sheet(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula."""
    plain = _seen(text)
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain


def from_sheet(text: str) -> str:
    """What was made safe for a sheet, as it was."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def for_markdown(text: str) -> str:
    """On one line, with every character escaped that Markdown or HTML would act on."""
    plain = for_terminal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in r"\`*_{}[]()#+!|~" else char for char in plain)


def for_link(url: str) -> str:
    """The address if it is one of the web, else nothing: no script, data or file address.

    Nothing for what was described to us either, which stands nowhere.
    """
    plain = "".join(url.split())
    web = plain.casefold().startswith(("https://", "http://"))
    return plain if web and not plain.startswith(DESCRIBED_AT) else ""


def for_script(data: str) -> str:
    """JSON that may stand in a script element: nothing in it can end or begin one."""
    return _seen(data).translate(
        {ord(char): f"\\u{ord(char):04x}" for char in ("<", ">", "&", "\u2028", "\u2029")}
    )


def for_document(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(
        char
        for char in _seen(text)
        if char in "\t\n\r" or (ord(char) >= 0x20 and not 0xD800 <= ord(char) <= 0xDFFF)
        if char not in "\ufffe\uffff"
    )


def for_ris(text: str) -> str:
    """On one line, so that nothing in it begins another field."""
    return for_terminal(text)
