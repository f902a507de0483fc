"""Pages of our own making, with the text that is theirs: twelve forms that sites have, six texts.

The texts are summaries of the register; each form is one in which sites of the field publish.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REGISTER = Path(__file__).parent.parent / "data" / "register.jsonl"
PARAGRAPHS, ITEMS = 6, 3
MENU = "".join(f"<li><a href='/m{n}'>Section {n} of the site</a></li>" for n in range(12))
NAV = f"<header><a href='/'>The trust</a><nav><ul>{MENU}</ul></nav></header>"
FOOT = "<footer><ul><li><a href='/p'>Privacy</a></li></ul><p>© 2026 The trust</p></footer>"
COOKIES = (
    "<div id='cookie-banner'><p>We use cookies to count visits.</p><button>Accept</button></div>"
)
SHARE = "<div class='share-buttons'><a href='#f'>Facebook</a> <a href='#l'>LinkedIn</a></div>"
KIN = "<div class='related-posts'><h3>Related</h3><ul><li><a href='/r1'>Another story of the week</a></li></ul></div>"
ASIDE = "<aside><h2>Latest news</h2><ul><li><a href='/n1'>The trust opens a new ward today</a></li></ul></aside>"
STYLE = "<style>" + " ".join(f".c{n} {{ margin : 0 ; }}" for n in range(300)) + "</style>"
SCRIPT = "<script>" + "var shown = 1 ; " * 200 + "</script>"


@dataclass(frozen=True)
class Text:
    """What a page says: a title, paragraphs, and a short list."""

    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]

    def p(self, tag: str = "p") -> str:
        return "".join(f"<{tag}>{each}</{tag}>" for each in self.paragraphs)

    def links(self) -> str:
        return "".join(f"<li><a href='/i{n}'>{each}</a></li>" for n, each in enumerate(self.items))


@dataclass(frozen=True)
class GoldPage:
    """A page as bytes, and its content as text."""

    form: str
    body: bytes
    gold: str


def texts() -> list[Text]:
    """Six texts out of the register."""
    rows = [json.loads(line) for line in REGISTER.read_text().splitlines() if line.strip()]
    told = [row for row in rows if len(str(row.get("summary", ""))) > 150]
    found = []
    for start in range(0, 6 * PARAGRAPHS, PARAGRAPHS):
        some = told[start : start + PARAGRAPHS]
        items = tuple(str(row["title"]) for row in some[1 : 1 + ITEMS])
        found.append(Text(str(some[0]["title"]), tuple(str(r["summary"]) for r in some), items))
    return found


FORMS: dict[str, Callable[[Text], str]] = {
    "article": lambda t: (
        f"{COOKIES}{NAV}<main><article><h1>{t.title}</h1>{t.p()}</article></main>{FOOT}"
    ),
    "wordpress": lambda t: (
        f"{STYLE}{NAV}<div id='content'><article class='post type-post category-newsletter tag-social'>"
        f"<h1 class='entry-title'>{t.title}</h1><div class='entry-content'>{t.p()}</div>{SHARE}"
        f"</article>{KIN}</div>{ASIDE}{FOOT}{SCRIPT}"
    ),
    "government": lambda t: (
        f"{COOKIES}{NAV}<main id='content'><h1>{t.title}</h1><dl><dt>Published</dt><dd>3 June 2024"
        f"</dd></dl><div class='govspeak'>{t.p()}<h2 id='feedback-from-staff'>Feedback from staff"
        f"</h2><ul>{t.links()}</ul></div></main>{FOOT}"
    ),
    "drupal": lambda t: (
        f"{NAV}<div class='breadcrumb'><a href='/'>Home</a></div><h1>{t.title}</h1><div class='node'>"
        f"<div class='field field-body'>{t.p()}</div></div>{KIN}{FOOT}"
    ),
    "div soup": lambda t: (
        f"{NAV}<div class='e-con'><div class='e-widget'><h1>{t.title}</h1></div>"
        + "".join(
            f"<div class='e-widget'><div class='e-text'><p>{p}</p></div></div>"
            for p in t.paragraphs
        )
        + f"</div>{FOOT}"
    ),
    "one form": lambda t: (
        f"<form id='aspnetForm'>{NAV}<div id='main'><h1>{t.title}</h1>{t.p()}</div>{FOOT}</form>"
    ),
    "line breaks": lambda t: (
        f"{NAV}<div id='page'><h1>{t.title}</h1><div>{'<br><br>'.join(t.paragraphs)}</div></div>{FOOT}"
    ),
    "accordion": lambda t: (
        f"{NAV}<main><h1>{t.title}</h1>"
        + "".join(
            f"<section><h2><button>{title}</button></h2><div class='panel'><p>{p}</p></div></section>"
            for title, p in zip(t.items * 2, t.paragraphs, strict=True)
        )
        + f"</main>{FOOT}"
    ),
    "landing page": lambda t: (
        f"{COOKIES}{NAV}<main class='page social-anchor'><h1>{t.title}</h1><p>{t.paragraphs[0]}</p>"
        f"<ul class='cards'>{t.links()}</ul>{''.join(f'<p>{p}</p>' for p in t.paragraphs[1:])}</main>{FOOT}"
    ),
    "tables": lambda t: (
        f"<table><tr><td><ul>{MENU}</ul></td><td><h1>{t.title}</h1>{t.p()}</td></tr></table>{FOOT}"
    ),
    "testimonials": lambda t: (
        f"{NAV}<main><h1>{t.title}</h1>{''.join(f'<p>{p}</p>' for p in t.paragraphs[:-1])}"
        f"<div class='testimonials'><blockquote>{t.paragraphs[-1]}</blockquote></div></main>{FOOT}"
    ),
    "one paragraph": lambda t: (
        f"{NAV}<h1>{t.title}</h1><div class='article-body'>{' '.join(t.paragraphs)}</div>{FOOT}"
    ),
}
WITH_ITEMS = ("government", "accordion", "landing page")


def gold_pages() -> list[GoldPage]:
    """Each text in each form."""
    pages = []
    for text in texts():
        for form, made in FORMS.items():
            items = text.items * 2 if form == "accordion" else text.items
            said = [text.title, *text.paragraphs, *(items if form in WITH_ITEMS else ())]
            head = f"<title>{text.title} | The trust</title>"
            page = (
                f"<!doctype html><html lang=en><head>{head}</head><body>{made(text)}</body></html>"
            )
            pages.append(GoldPage(form, page.encode(), "\n".join(said)))
    return pages


def shares(gold: str, text: str) -> tuple[float, float]:
    """Precision and recall of a text by its runs of four words, as news benchmarks count them."""
    wanted, found = _runs(gold), _runs(text)
    right = sum((wanted & found).values())
    return right / max(1, sum(found.values())), right / max(1, sum(wanted.values()))


def f1(precision: float, recall: float) -> float:
    """The harmonic mean; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    """Runs within a line: in which order a page's parts come is no matter here."""
    runs: Counter[tuple[str, ...]] = Counter()
    for line in text.splitlines():
        words = re.findall(r"\w+", line.casefold())
        runs.update(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))
    return runs
