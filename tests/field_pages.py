"""Pages of the field with labels, as a crawl would have read them, and what is measured on them."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kb.collect.body import ReceivedBody
from kb.collect.reading import read
from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.screen.order import LearnedOrder
from kb.screen.relevance import Scored, Scorer
from kb.text.page_facts import PageFacts, facts_of

SET = Path(__file__).parent / "sets/pages.jsonl"
FIRST = 20


@dataclass(frozen=True)
class FieldPage:
    """A page, its label (yes, borderline, no), its facts and its relevance."""

    url: str
    body: str
    body_kind: str
    page_kind: str
    label: str
    role: str | None
    reach: str | None
    strands: tuple[str, ...]
    words: tuple[str, str, str]
    facts: PageFacts
    scored: Scored

    @property
    def opening(self) -> str:
        """What the order reads of it."""
        title, summary, text = self.words
        return f"{title}\n{summary}\n{text[:500]}"


@cache
def lexicon_scorer() -> Scorer:
    """By the shipped lexicon."""
    return Scorer(Declarations.of(Home(shipped("offer.toml").parent)).lexicon)


@cache
def field_pages() -> tuple[FieldPage, ...]:
    """Every page of the set."""
    return tuple(_page(json.loads(line)) for line in SET.read_text().splitlines())


def _page(row: dict[str, Any]) -> FieldPage:
    title = f"{html.escape(row['title'])} | {html.escape(row['body'])}"
    main = f"<body><main>{row['html']}</main></body>"
    page = f"<html><head><title>{title}</title></head>{main}</html>"
    reading = read(ReceivedBody(page.encode(), "text/html", row["url"]))
    words = (reading.title, reading.summary, reading.text)
    facts = facts_of(*words, url=row["url"], link_share=reading.link_share, site=reading.site)
    scored = lexicon_scorer().score(*words, facts.marks)
    names = ("url", "body", "body_kind", "page_kind", "label")
    codes = (row["role"], row["reach"], tuple(row["strands"] or ()))
    return FieldPage(*(row[name] for name in names), *codes, words, facts, scored)


def told(pages: Sequence[FieldPage]) -> list[FieldPage]:
    """Those that count: what is borderline counts as neither."""
    return [page for page in pages if page.label != "borderline"]


def area(pages: Sequence[FieldPage], values: Sequence[float]) -> float:
    """The area under the ROC curve: how often a yes stands above a no."""
    yes = [value for page, value in zip(pages, values, strict=True) if page.label == "yes"]
    others = [value for page, value in zip(pages, values, strict=True) if page.label == "no"]
    above = sum((a > b) + (a == b) / 2 for a in yes for b in others)
    return above / len(yes) / len(others)


def places(pages: Sequence[FieldPage], order: LearnedOrder) -> list[float]:
    """The order shown, the highest first: the mean of both ranks, turned round."""
    return [
        -(one + other)
        for one, other in zip(
            _ranks([page.scored.score for page in pages]),
            _ranks([order.score(page.opening) for page in pages]),
            strict=True,
        )
    ]


def _ranks(values: Sequence[float]) -> list[float]:
    return [
        sum(other > value for other in values) + sum(other == value for other in values) / 2
        for value in values
    ]


def precision_of_first(pages: Sequence[FieldPage], values: Sequence[float]) -> float:
    """The share of yes among the first twenty."""
    ranked = sorted(zip(values, range(len(pages)), strict=True), key=lambda pair: -pair[0])
    return sum(pages[place].label == "yes" for _, place in ranked[:FIRST]) / FIRST
