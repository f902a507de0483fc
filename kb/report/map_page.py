"""The map as one page: data, style and script inline."""

import base64
import hashlib
import json
from datetime import date
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from kb.assess.gaps import A_PROPOSAL
from kb.assess.positions import PRINTED, Position
from kb.keep.decisions import Basis
from kb.keep.documents import CONFLICT
from kb.report.evidence_map import FILTERS, EvidenceMap, MapAssessment, MapInitiative
from kb.report.files import whole
from kb.report.paper import day_of, in_words
from kb.report.safe import for_link, for_script

TEMPLATES = files("kb.report") / "templates"
POSITIONS = list(Position)
# What a level says of an initiative.
LEVELS = {
    "duplicates": "offers the same",
    "overlaps": "comes close",
    "complements": "goes together with it",
    CONFLICT: "people differ on it",
}
# How many of four bars a position fills: how much others offer already.
BARS = {
    Position.crowded: 4,
    Position.served: 3,
    Position.part_served: 2,
    Position.related: 1,
    Position.none_found: 0,
    Position.not_assessed: 0,
}


def write_map(path: Path, content: EvidenceMap, *, force: bool = False) -> None:
    """Writes the map. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        partial.write_text(map_page(content), encoding="utf-8")


def map_page(content: EvidenceMap) -> str:
    """The map as a page: data, style and script inline, under a policy that allows no other."""
    style, script = _read("map.css"), _read("map.js")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["day"] = lambda iso: day_of(date.fromisoformat(iso))
    packed = json.dumps(map_data(content), ensure_ascii=False, separators=(",", ":"))
    return environment.from_string(_read("map.html")).render(
        map=content,
        printed=PRINTED,
        bars=BARS,
        needs=any(strand.need for strand in content.strands),
        data=Markup(for_script(packed)),  # noqa: S704 - made safe for where it goes
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        policy=policy_for(style=style, script=script),
    )


def policy_for(*, style: str, script: str = "") -> str:
    """What a page with that style and script may do: nothing else, and ask nobody."""
    run = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; {run}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    )


def map_data(content: EvidenceMap) -> dict[str, object]:
    """The map as its page reads it: what is said often stands once, in `texts`.

    An assessment is: strand, level, state (0 what counts, 1 what counts and is to be looked at
    again, 2 a proposal, 3 what does not count), confirmed, then places in `texts` (-1 for
    nothing) of why it does not count, why it is to be looked at again, why its initiative seems
    quiet, what became of its pages, when it was seen; then the quote.
    """
    said = _Texts()
    strands = {strand.key: at for at, strand in enumerate(content.strands)}
    initiatives = [_initiative(each, strands, said) for each in content.initiatives]
    return {
        "texts": said.texts,
        "settled": content.settled,
        "positions": [[each.value, PRINTED[each], BARS[each]] for each in POSITIONS],
        "filters": {
            facet: {code: _words(code) for code in content.codes[facet]} for facet in FILTERS
        },
        "columns": {
            facet: [[each.name, each.codes] for each in columns]
            for facet, columns in content.columns.items()
        },
        "cells": {
            facet: [[POSITIONS.index(each) for each in row] for row in rows.values()]
            for facet, rows in content.cells.items()
        },
        "strands": [
            [
                strand.key,
                strand.name,
                POSITIONS.index(strand.position),
                strand.grade,
                strand.recheck,
                -1 if strand.without_recheck is None else POSITIONS.index(strand.without_recheck),
            ]
            for strand in content.strands
        ],
        "initiatives": initiatives,
    }


class _Texts:
    """Texts, each once, told by their place."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, text: str | None) -> int:
        """The place of a text; -1 for none."""
        if not text:
            return -1
        if text not in self._places:
            self._places[text] = len(self.texts)
            self.texts.append(text)
        return self._places[text]


def _initiative(each: MapInitiative, strands: dict[str, int], said: _Texts) -> list[object]:
    codes = {facet: codes for facet in FILTERS if (codes := each.codes[facet])}
    assessed = [
        [
            strands[key],
            said.place(LEVELS.get(what.level, what.level)),
            _state(what),
            int(what.basis == Basis.confirmed),
            said.place(what.why_not),
            said.place(in_words(what.recheck or "")),
            said.place(in_words(what.quiet or "")),
            said.place(in_words(what.says_else or "")),
            said.place(day_of(date.fromisoformat(what.seen)) if what.seen else ""),
            what.quote or "",
        ]
        for key, what in each.strands.items()
    ]
    url = for_link(each.url or "")
    return [each.title, said.place(each.organisation), url, codes, assessed]


def _state(what: MapAssessment) -> int:
    if what.counted:
        return 1 if what.recheck else 0
    return 2 if what.why_not == A_PROPOSAL else 3


def _words(code: str) -> str:
    return code.replace("-", " ")


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
