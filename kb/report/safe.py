"""Text from outside made safe for where it goes. One function a format."""

import unicodedata

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def for_terminal(text: str) -> str:
    """On one line, without escapes, control characters or marks that turn the direction."""
    shown = (char if unicodedata.category(char)[0] != "C" else " " for char in text)
    return " ".join("".join(shown).split())


def for_sheet(text: str) -> str:
    """With an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def from_sheet(text: str) -> str:
    """What was made safe for a sheet, as it was."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def for_markdown(text: str) -> str:
    """On one line, with every character escaped that Markdown or HTML would act on."""
    plain = for_terminal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in r"\`*_{}[]()#+!|~" else char for char in plain)
