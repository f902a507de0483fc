"""What is a change, what is gone, what moved: over real crawls of a changing site."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Site, last_line
from pages import documents_by_path

import kb
from kb.keep import runs
from kb.keep.crawled import Alias, Revision

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."
NAMES = ("one", "two", *(f"page-{number}" for number in range(3, 13)))


@pytest.fixture
def listed(site: Site, declare: Callable[..., None]) -> Site:
    site.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES))
    for name in NAMES:
        site.page(f"/{name}", f"Programme {name}", f"{ABOUT} It is number {name}.")
    declare(start=[f"{site.address}/list"])
    return site


def states(home: Path) -> dict[str, str]:
    return {path: str(each.state) for path, each in documents_by_path(home).items()}


def test_noise_is_no_change(listed: Site, home: Path, run_kb: Command) -> None:
    run_kb("crawl")
    listed.page(
        "/one",
        "Programme one",
        f"{ABOUT} It is number one.",
        "Last updated: 3 March 2026",
        "1,204 views",
        more='<div class="related-links"><a href="/x">Other</a> news today</div>'
        '<div id="cookie-banner">We use cookies, many of them, every day</div>',
    )
    listed.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in reversed(NAMES)))
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 13 same; ok"


@pytest.mark.slow
def test_going_back_is_the_earlier_text_standing_again(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    first = documents_by_path(home)["/one"]
    listed.page("/one", "Programme one", "It has been rewritten for allies.")
    assert ": 0 new, 1 changed" in last_line(run_kb("crawl"))
    listed.page("/one", "Programme one", f"{ABOUT} It is number one.")
    assert ": 0 new, 1 changed" in last_line(run_kb("crawl"))
    assert documents_by_path(home)["/one"].revision == first.revision
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        assert len(reading.rows(Revision)) == 14
    history = run_kb("show", first.name, "--history").stdout
    assert history.count("standing") >= 3
    diff = run_kb("show", first.name, "--diff").stdout
    assert "- It has been rewritten for allies." in diff


@pytest.mark.slow
def test_gone_is_what_was_missing_in_two_ok_runs(listed: Site, home: Path, run_kb: Command) -> None:
    run_kb("crawl")
    del listed.pages["/one"]
    listed.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES[1:]))
    assert last_line(run_kb("crawl")).endswith("; ok")
    assert states(home)["/one"] == "live"
    kept = listed.pages.pop("/list")
    assert run_kb("crawl").returncode == 3  # a failed run does not count
    listed.pages["/list"] = kept
    assert states(home)["/one"] == "live"
    assert ", 1 gone; ok" in last_line(run_kb("crawl"))
    assert states(home)["/one"] == "gone"
    number = documents_by_path(home)["/one"].id
    assert f"d{number}" not in run_kb("inbox", "--all").stdout.split()
    listed.page("/one", "Programme one", f"{ABOUT} It is number one.")
    listed.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES))
    assert ": 0 new, 2 changed" in last_line(run_kb("crawl"))  # the page, and the list with it
    assert states(home)["/one"] == "live"


@pytest.mark.slow
def test_what_says_410_is_gone_at_once_and_a_soft_404_is_missing(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    listed.put("/one", "gone", 410)
    listed.page("/two", "Page not found", "Sorry, we cannot find the page.")
    run_kb("crawl")
    assert (states(home)["/one"], states(home)["/two"]) == ("gone", "live")
    run_kb("crawl")
    assert states(home)["/two"] == "gone"


@pytest.mark.slow
def test_a_page_that_only_left_the_list_stays_live(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    listed.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES[1:]))
    # The list itself now says something else.
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 1 changed, 12 same; ok"
    assert states(home)["/one"] == "live"


@pytest.mark.slow
def test_a_permanent_redirect_is_a_move_and_no_new_document(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    number = documents_by_path(home)["/one"].id
    listed.page("/moved", "Programme one", f"{ABOUT} It is number one.")
    listed.put("/one", "", 301, Location="/moved")
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 13 same; ok"
    assert documents_by_path(home)["/moved"].id == number
    assert states(home)["/moved"] == "moved"
    listed.page("/list", "A list", ABOUT, links=("/moved", *(f"/{n}" for n in NAMES[1:])))
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 1 changed, 12 same; ok"
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        assert len(reading.rows(Alias, document=number)) == 2


@pytest.mark.slow
def test_many_addresses_of_one_page_are_one_document(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    canonical = f'<link rel="canonical" href="{site.address}/one">'
    body = (
        f"<html><head>{canonical}</head><body><main><h1>One</h1><p>{ABOUT}</p></main></body></html>"
    )
    links = ("/one", "/one/", "/one?utm_source=x", "/one?print=1", "/print/one", "/one#part")
    site.page("/list", "A list", ABOUT, links=links)
    for path in (*links[:4], "/print/one"):
        site.put(path, body)
    declare(start=[f"{site.address}/list"])
    run_kb("crawl")
    assert set(documents_by_path(home)) == {"/list", "/one"}
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 2 same; ok"


@pytest.mark.slow
def test_every_page_calling_itself_the_home_page_is_not_believed(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/list", "A list", ABOUT, links=("/one", "/two"))
    for name in ("one", "two"):
        site.put(
            f"/{name}",
            f'<html><head><link rel="canonical" href="{site.address}/"></head>'
            f"<body><main><h1>{name}</h1><p>{ABOUT} It is {name}.</p></main></body></html>",
        )
    declare(start=[f"{site.address}/list"])
    assert last_line(run_kb("crawl")) == "a-site: 3 new, 0 changed, 0 same; ok"


@pytest.mark.slow
def test_noindex_and_nofollow_are_obeyed(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page(
        "/list", "A list", ABOUT, links=("/one", "/two"), more='<a rel=nofollow href="/no">n</a>'
    )
    site.put(
        "/one", f'<head><meta name="robots" content="noindex"></head><main><p>{ABOUT}</p></main>'
    )
    site.page("/two", "Two", ABOUT)
    site.pages["/two"].headers["X-Robots-Tag"] = "noindex"
    site.page("/no", "No", ABOUT)
    declare(start=[f"{site.address}/list"])
    run_kb("crawl")
    assert set(documents_by_path(home)) == {"/list"}


@pytest.mark.slow
def test_validators_are_sent_back_and_fresh_ignores_them(
    listed: Site, home: Path, run_kb: Command
) -> None:
    for name in NAMES:
        listed.pages[f"/{name}"].headers["ETag"] = f'"{name}"'
    run_kb("crawl")
    listed.answered.clear()
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 13 same; ok"
    assert [s for p, s in listed.answered if p[1:] in NAMES] == [304] * 12
    listed.answered.clear()
    assert last_line(run_kb("crawl", "--fresh")) == "a-site: 0 new, 0 changed, 13 same; ok"
    assert [s for p, s in listed.answered if p[1:] in NAMES] == [200] * 12


@pytest.mark.slow
def test_lastmod_saves_asking_only_for_what_was_asked_since(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    def sitemap(lastmod: str) -> None:
        site.put(
            "/sitemap.xml",
            f"<urlset><url><loc>{site.address}/one</loc><lastmod>{lastmod}</lastmod></url></urlset>",
            Content_Type="application/xml",
        )

    site.page("/one", "One", ABOUT)
    sitemap("2025-01-01")
    declare(shape="sitemap", start=[f"{site.address}/sitemap.xml"])
    run_kb("crawl")
    site.asked.clear()
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 1 same; ok"
    assert "/one" not in site.asked
    sitemap("2099-01-01")
    site.page("/one", "One", "It was rewritten for everybody.")
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 1 changed, 0 same; ok"


@pytest.mark.slow
def test_a_run_that_loses_much_at_once_is_not_ok_and_nothing_is_gone(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    for name in NAMES[:3]:
        listed.put(f"/{name}", "gone", 410)
    done = run_kb("crawl")
    assert done.returncode == 3
    assert "gone" not in states(home).values()
    assert "not there at once" in done.stderr or "pages failed" in done.stderr


@pytest.mark.slow
def test_less_than_half_of_the_usual_is_not_ok(listed: Site, home: Path, run_kb: Command) -> None:
    run_kb("crawl")
    listed.page("/list", "A list", ABOUT)
    for name in NAMES:
        listed.put(f"/{name}", "no", 500)
    done = run_kb("crawl")
    assert done.returncode == 3
    assert "in the last ok runs" in done.stderr


@pytest.mark.slow
def test_a_budget_of_requests_is_kept(
    listed: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    declare(start=[f"{listed.address}/list"], budget={"requests": 3})
    done = run_kb("crawl")
    assert done.returncode == 3
    assert "the budget of 3 requests is used up" in done.stderr
    assert len([path for path in listed.asked if path != "/robots.txt"]) <= 3


@pytest.mark.slow
def test_only_what_is_due_is_crawled(
    listed: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    assert "; ok" in last_line(run_kb("crawl", "--due"))
    assert "nothing to crawl" in run_kb("crawl", "--due").stderr
    assert "a-site" in run_kb("crawl", "--dry-run").stderr


@pytest.mark.slow
def test_robots_answer_and_our_group_are_kept_as_evidence(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/robots.txt", "User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /two\n")
    run_kb("crawl")
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        run = runs.newest(reading)[0]
    (evidence,) = run.evidence["robots"].values()
    assert evidence["group"] == ["Disallow: /two"]
    assert evidence["status"] == 200
    assert len(evidence["sha256"]) == 64
