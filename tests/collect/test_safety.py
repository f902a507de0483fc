"""Nobody is harmed: details masked, addresses that are none refused, sites left alone in time."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Answer, Command, Site
from pages import documents_by_path
from pydantic import ValidationError
from scrapy import Request
from warcio.archiveiterator import ArchiveIterator

import kb
from kb.collect.failures import Elsewhere
from kb.collect.middlewares import DeclaredHosts
from kb.collect.robots import group_for
from kb.collect.runs import RunUnderWay
from kb.collect.worker import Workers
from kb.contract import Page, Source
from kb.declare.lexicon import Lexicon
from kb.keep import runs
from kb.screen.relevance import Scorer

TEXT = "This programme offers race equality support to boards of NHS trusts, with mentoring."
NOW = datetime.now(UTC)
NO_READERS = Workers(Scorer(Lexicon(term=())))  # none starts before it is asked


@pytest.fixture
def mapped(site: Site, declare: Callable[..., None]) -> Site:
    """A site of forty pages in a sitemap."""
    pages = [f"/page-{number}" for number in range(40)]
    for path in pages:
        site.page(path, f"Programme {path[1:]}", f"{TEXT} It is called {path[1:]}.")
    named = "".join(
        f"<url><loc>{site.address}{path}</loc><lastmod>2025-01-02</lastmod></url>" for path in pages
    )
    site.put("/sitemap.xml", f"<urlset>{named}</urlset>", Content_Type="application/xml")
    declare(shape="sitemap", start=[f"{site.address}/sitemap.xml"])
    return site


def last_why(home: Path) -> str:
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        return runs.newest(reading)[0].why


def test_what_an_api_says_of_a_page_goes_through_the_same_door(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    post = {
        "id": 7,
        "link": f"{site.address}/one\nWARC-Type: warcinfo\nX-Injected: yes",
        "date_gmt": "2026-01-05T10:00:00",
        "modified_gmt": "2026-01-05T10:00:00",
        "title": {"rendered": "Ask ana@trust.nhs.uk \x1b[31mnow"},
        "excerpt": {"rendered": "Or ring 020 7946 0958, \u202eAB123456C."},
        "content": {"rendered": f"<p>{TEXT}</p>", "protected": False},
    }
    answer = Answer(json.dumps([post]).encode(), 200, {"Content-Type": "application/json"})
    site.routes["/wp-json/wp/v2/posts"] = lambda _: answer
    declare(shape="wordpress", start=[f"{site.address}/"])
    assert run_kb("crawl").returncode == 0
    (document,) = documents_by_path(home).values()
    said = f"{document.title} {document.loaded.summary}"
    assert "[e-mail address]" in said
    assert "[telephone number]" in said
    assert "[National Insurance number]" in said
    assert said.isprintable()
    assert "\n" not in document.url
    (file,) = (home / "archive").rglob("*.warc.gz")
    with file.open("rb") as archive:
        for record in ArchiveIterator(archive):
            assert record.rec_headers.get_header("X-Injected") is None
    assert "1 records" in run_kb("forget", document.name, "--why", "asked for", "--yes").stderr


@pytest.mark.parametrize(
    "url", ["https://a.example/a b", "https://a.example/\r\nX: y", "https://\x00"]
)
def test_an_address_with_line_ends_is_none(url: str) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate({"name": "a", "organisation": "A", "shape": "feed", "start": [url]})
    with pytest.raises(ValidationError):
        Page.model_validate({"url": url})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/any", "http://localhost/", "http://[::1]/", "http://10.0.0.1/"]
)
def test_robots_txt_of_a_public_site_leads_nowhere_inside(base: kb.KnowledgeBase, url: str) -> None:
    source = Source.model_validate(
        {"name": "a", "organisation": "A", "shape": "feed", "start": ["https://a.example/feed"]}
    )
    run = RunUnderWay(
        base.workspace, source, 1, base.workspace.clock(), lambda run: None, NO_READERS
    )
    redirected = Request(url, meta={"dont_obey_robotstxt": True})
    with pytest.raises(Elsewhere):
        DeclaredHosts(run).process_request(redirected)


@pytest.mark.parametrize(
    "line",
    ["kb-horizon-scan/0.1", "KB-Horizon-Scan", "kb-horizon-scan (a scan)", "kb-horizon-scan"],
)
def test_a_line_with_a_version_is_us(mapped: Site, home: Path, run_kb: Command, line: str) -> None:
    text = f"User-agent: {line}\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    mapped.put("/robots.txt", text, Content_Type="text/plain")
    assert group_for("kb-horizon-scan", text) == ["Disallow: /"]
    run_kb("crawl")
    assert set(mapped.asked) == {"/robots.txt"}


def test_a_delay_of_a_day_ends_the_run_at_once(mapped: Site, home: Path, run_kb: Command) -> None:
    mapped.put("/robots.txt", "User-agent: *\nCrawl-delay: 86400\n", Content_Type="text/plain")
    started = time.monotonic()
    assert run_kb("crawl").returncode == 3
    assert time.monotonic() - started < 60
    assert "86400 seconds" in last_why(home)


def test_a_site_that_is_busy_without_end_is_left_alone(
    mapped: Site, home: Path, run_kb: Command
) -> None:
    for path in list(mapped.pages):
        if path.startswith("/page"):
            mapped.put(path, "busy", 429)
    assert run_kb("crawl").returncode == 3
    assert len([path for path in mapped.asked if path.startswith("/page")]) <= 11
    assert "10 times in a row" in last_why(home)


def test_a_site_that_asks_for_an_hour_is_asked_no_more(
    mapped: Site, home: Path, run_kb: Command
) -> None:
    for path in list(mapped.pages):
        if path.startswith("/page"):
            mapped.put(path, "busy", 503, Retry_After="3600")
    assert run_kb("crawl").returncode == 3
    assert len([path for path in mapped.asked if path.startswith("/page")]) == 1
    assert "3600 seconds" in last_why(home)


@pytest.mark.slow
def test_a_budget_counts_what_was_sent_so_that_a_sitemap_is_worked_off(
    mapped: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    declare(shape="sitemap", start=[f"{mapped.address}/sitemap.xml"], budget={"requests": 15})
    news = []
    for _ in range(3):
        mapped.asked.clear()
        done = run_kb("crawl")
        news.append(int(done.stderr.partition(": ")[2].partition(" new")[0]))
        assert len(mapped.asked) <= 15
    assert news == [13, 13, 13]  # robots.txt and the sitemap are asked for each time


def test_the_newest_pages_of_a_sitemap_are_asked_for_first(
    mapped: Site, run_kb: Command, declare: Callable[..., None]
) -> None:
    dated = "".join(
        f"<url><loc>{mapped.address}/page-{n}</loc><lastmod>2025-01-{n + 1:02}</lastmod></url>"
        for n in range(20)
    )
    mapped.put("/sitemap.xml", f"<urlset>{dated}</urlset>", Content_Type="application/xml")
    declare(shape="sitemap", start=[f"{mapped.address}/sitemap.xml"], budget={"requests": 7})
    run_kb("crawl")
    assert mapped.asked[2:] == [f"/page-{n}" for n in range(19, 14, -1)]
