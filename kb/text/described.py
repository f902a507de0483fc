"""What was described to us: where it is said to stand, and the mark that its quotes bear.

Apart from all else, for `kb search` loads little.
"""

import re
from datetime import date

# No such host can exist (RFC 2606), so nothing links to it.
DESCRIBED_AT = "https://described-to-us.invalid/"
_MARK = re.compile(r"^\[described to us, \d{4}-\d\d-\d\d\] ")


def marked(quote: str, told_on: date) -> str:
    """The quote as it is shown where no page says so: it was described to us, on that day."""
    return f"[described to us, {told_on}] {quote}"


def unmarked(quote: str) -> str:
    """The quote without that mark."""
    return _MARK.sub("", quote)
