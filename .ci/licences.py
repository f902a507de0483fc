"""Names every installed distribution whose licence is not taken here; fails if there is one.

Taken: permissive licences, and MPL-2.0 unmodified. Where a distribution offers several, one
that is taken is enough.
"""

import re
import sys
from importlib.metadata import Distribution, distributions

TAKEN = re.compile(
    r"\b(mit|mit-0|bsd|[0-9]-clause|apache|isc|psf|python software foundation|python-2\.0|zlib|"
    r"unlicense|public domain|mpl|mozilla public|hpnd|cc0|cnri|zope|zpl|0bsd|blueoak|boost|bsl)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(r"\b(a?gpl|lgpl|gnu|affero|sspl|busl)", re.IGNORECASE)


def stated(distribution: Distribution) -> str:
    """What the distribution says of its licence.

    The expression, else the classifiers, else the first line of the field or of the file.
    """
    metadata = distribution.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [
        line.rpartition("::")[2].strip()
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    named = [each for each in classifiers if each != "OSI Approved"]
    field = (metadata.get("License") or "").strip().partition("\n")[0]
    return " OR ".join(named) or field or _first_line(distribution)


def _first_line(distribution: Distribution) -> str:
    for file in distribution.files or ():
        if ".dist-info" in file.parts[0] and "LICEN" in file.name.upper():
            return file.read_text().strip().partition("\n")[0]
    return ""


def taken(licence: str) -> bool:
    """True where one of the alternatives is taken and not refused."""
    alternatives = re.split(r"\bor\b|[;/]", licence, flags=re.IGNORECASE)
    return any(TAKEN.search(each) and not REFUSED.search(each) for each in alternatives)


def main() -> None:
    """Prints what is refused, a line each."""
    licences = {d.metadata["Name"]: stated(d) for d in distributions()}
    wrong = {name: licence for name, licence in sorted(licences.items()) if not taken(licence)}
    for name, licence in wrong.items():
        print(f"{name}: {licence or 'says nothing of its licence'}")
    print(f"{len(licences)} distributions, {len(wrong)} refused")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
