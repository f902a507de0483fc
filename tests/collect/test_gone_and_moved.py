"""What is gone is told, what moved is followed, and what a page leads to is a redirect."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Site, last_line
from pages import documents_by_path
from scrapy.http.response.html import HtmlResponse

from kb.collect.page_redirects import target_of
from kb.collect.pipelines import leads_home

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."
NAMES = ("one", "two", "three", "four", "five", "six")


@pytest.fixture
def listed(site: Site, declare: Callable[..., None]) -> Site:
    site.page("/list", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES))
    for name in NAMES:
        site.page(f"/{name}", f"Programme {name}", f"{ABOUT} It is number {name}.")
    declare(start=[f"{site.address}/list"], must_find=[f"{site.address}/one"])
    return site


def states(home: Path) -> dict[str, str]:
    return {path: str(each.state) for path, each in documents_by_path(home).items()}


def test_a_must_find_page_that_is_missing_keeps_no_other_alive(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    listed.put("/one", "gone", 410)
    done = run_kb("crawl")
    assert done.returncode == 3
    assert "must-find page not met" in last_line(done)
    assert states(home)["/one"] == "gone"


@pytest.mark.slow
def test_pages_that_dead_links_of_a_list_name_do_not_stay_for_ever(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    links = ("/one", "/dead", "/deader")
    site.page("/list", "A list", ABOUT, links=links)
    for path in links:
        site.page(path, path, f"{ABOUT} {path}")
    declare(start=[f"{site.address}/list"])
    run_kb("crawl")
    del site.pages["/dead"], site.pages["/deader"]
    run_kb("crawl")
    assert states(home)["/dead"] == "live"
    assert "2 gone" in last_line(run_kb("crawl"))
    assert (states(home)["/dead"], states(home)["/one"]) == ("gone", "live")


def test_not_changed_after_a_permanent_redirect_is_the_word_of_the_target(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/one", _page("One", ABOUT), ETag='"same"')
    listed.put("/two", _page("Two", f"{ABOUT} Two."), ETag='"same"')
    run_kb("crawl")
    # What /one said before is no word of /two, although both have one ETag.
    listed.put("/one", "", 301, Location="/two")
    listed.answered.clear()
    assert run_kb("crawl").returncode in (0, 3)
    assert documents_by_path(home)["/two"].title == "Two"
    assert states(home)["/two"] in ("live", "moved")


def _page(title: str, text: str) -> str:
    return f"<html><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><meta http-equiv=refresh content='0; url=/new'></head><body></body></html>",
        "<html><body><script>window.location.href = '/new';</script></body></html>",
        '<html><body>Moved.<script>location.replace("/new")</script></body></html>',
    ],
)
def test_what_a_page_leads_to_is_followed_as_a_redirect(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], body: str
) -> None:
    site.page("/list", "A list", ABOUT, links=("/old",))
    site.put("/old", body)
    site.page("/new", "The new page", ABOUT)
    declare(start=[f"{site.address}/list"])
    assert last_line(run_kb("crawl")) == "a-site: 2 new, 0 changed, 0 same; ok"
    assert documents_by_path(home)["/new"].title == "The new page"


def test_a_page_that_leads_to_itself_or_elsewhere_is_no_way_round_the_guards(
    site: Site, other_site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    refresh = "<meta http-equiv=refresh content='0; url={}'>"
    site.page("/list", "A list", ABOUT, links=("/self", "/away", "/loop-a"))
    site.put("/self", refresh.format("/self") + _page("Self", f"{ABOUT} Self."))
    site.put("/away", refresh.format(f"{other_site.address}/x"))
    site.put("/loop-a", refresh.format("/loop-b"))
    site.put("/loop-b", refresh.format("/loop-a"))
    declare(start=[f"{site.address}/list"])
    said = last_line(run_kb("crawl"))
    assert "a-site: 2 new" in said
    assert "1 elsewhere" in said
    assert "1 redirect loop" in said
    assert other_site.asked == []


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("<meta http-equiv='refresh' content='300'>", None),
        ("<meta http-equiv='refresh' content='60; url=/x'>", None),
        ("<meta http-equiv='refresh' content='0; url=javascript:alert(1)'>", None),
        ("<meta http-equiv='refresh' content='0; url=http://[bad'>", None),
        ("<script>var mylocation = '/x'</script>", None),
        ("<script>x.location.path = '/x'</script>", None),
        ("<script>location = '/x'</script>" + "words " * 50, None),
        ("<script>// location.href = '/x'</script>", None),
        ("<script>/* location.href = '/x' */</script>", None),
        ("<script>var said = \"location.href='/x'\"</script>", None),
        ("<script>var location = '/x'</script>", None),
        ("<script>location.href = '/x?from=' + encodeURIComponent(here)</script>", None),
        ("<script>window.old && (location.href = '/x')</script>", None),
        ("<script type='text/template'>location.href = '/x'</script>", None),
        ("<script>location.assign('/x')</script>", "https://a.example/x"),
    ],
)
def test_what_leads_nowhere(body: str, target: str | None) -> None:
    page = HtmlResponse("https://a.example/", body=f"<html><body>{body}</body></html>".encode())
    assert target_of(page) == target


@pytest.mark.parametrize("status", [301, 302])
def test_a_page_that_leads_to_the_home_page_is_gone_in_time_and_spoils_nothing(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], status: int
) -> None:
    site.page("/", "A list", ABOUT, links=tuple(f"/{name}" for name in NAMES))
    for name in NAMES:
        site.page(f"/{name}", f"Programme {name}", f"{ABOUT} It is number {name}.")
    declare(start=[f"{site.address}/"])
    run_kb("crawl")
    site.put("/one", "", status, Location="/")
    for _ in range(2):
        done = run_kb("crawl")
        assert done.returncode == 0, done.stderr
        assert "1 soft 404" in done.stderr or "0 changed" in done.stderr
    assert states(home) == {"/": "live", "/one": "gone"} | {f"/{n}": "live" for n in NAMES[1:]}


@pytest.mark.parametrize(
    ("asked", "there", "home"),
    [
        ("https://a.example/race", "https://a.example/", True),
        ("https://a.example/race", "https://www.a.example/index.html", True),
        ("https://a.example/race", "https://race.example/", False),
        ("https://a.example/race", "https://a.example/?page_id=12", False),
        ("https://a.example/race", "https://a.example/#/race", False),
        ("https://a.example/", "https://a.example/index.html", False),
    ],
)
def test_what_leads_home_and_what_leads_on(asked: str, there: str, home: bool) -> None:
    assert leads_home(asked, there) == home


@pytest.mark.slow
def test_a_site_that_moved_host_is_told_and_followed_by_one_command(
    listed: Site, other_site: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    numbers = {path: each.id for path, each in documents_by_path(home).items()}
    for path, answer in list(listed.pages.items()):
        other_site.pages[path] = answer
        listed.put(path, "", 301, Location=f"{other_site.address}{path}")
    assert run_kb("crawl").returncode == 3
    command = f"kb sources move a-site {other_site.address}/list"
    assert command in run_kb("sources").stderr
    done = run_kb(*command.split()[1:])
    assert done.returncode == 0, done.stderr
    assert f"{other_site.address}/one" in (home / "sources.toml").read_text()
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 7 same; ok"
    assert {path: each.id for path, each in documents_by_path(home).items()} == numbers
    assert "has moved" not in run_kb("sources").stderr
    assert run_kb(*command.split()[1:]).returncode == 1
