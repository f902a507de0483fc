"""Whole crawls of a real site on loopback, each in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Site
from filelock import FileLock
from pages import documents_by_path

import kb
from kb.keep import runs
from kb.keep.acts import ActKind
from kb.keep.archive import recall
from kb.keep.crawled import Revision, Run, Signature
from kb.keep.decisions import Profile

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."


@pytest.fixture
def listed(site: Site, declare: Callable[..., None]) -> Site:
    """A listing of three pages on two pages of the list."""
    links = ("/one", "/two", "https://elsewhere.invalid/x")
    site.page("/list", "A list", links=links, more='<a rel="next" href="/list2">next</a>')
    site.page("/list2", "More of the list", links=("/three",))
    for name in ("one", "two", "three"):
        site.page(f"/{name}", f"Programme {name}", f"{ABOUT} It is number {name}.")
    declare(start=[f"{site.address}/list"])
    return site


def last_run(home: Path) -> Run:
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        return runs.newest(reading)[0]


def test_a_crawl_takes_the_list_and_what_it_links_to(
    listed: Site, home: Path, run_kb: Command
) -> None:
    done = run_kb("crawl", "a-site")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "a-site: 5 new, 0 changed, 0 same; ok"
    pages = documents_by_path(home)
    assert set(pages) == {"/list", "/list2", "/one", "/two", "/three"}
    assert pages["/one"].title == "Programme one"
    assert "mentoring" in pages["/one"].text
    assert not [path for path in listed.asked if "elsewhere" in path]


def test_crawling_twice_changes_nothing_and_one_change_is_one(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    before = documents_by_path(home)
    again = run_kb("crawl")
    assert again.stderr.splitlines()[-1] == "a-site: 0 new, 0 changed, 5 same; ok"
    assert {p: h.revision for p, h in documents_by_path(home).items()} == {
        p: h.revision for p, h in before.items()
    }
    listed.page("/two", "Programme two", "It has been rewritten: allyship for boards.")
    third = run_kb("crawl")
    assert third.stderr.splitlines()[-1] == "a-site: 0 new, 1 changed, 4 same; ok"
    assert "allyship" in documents_by_path(home)["/two"].text
    assert documents_by_path(home)["/two"].score is not None


def test_the_signature_that_the_reader_made_is_kept_with_the_page(
    listed: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        acts = {act.id: act.command for act in reading.acts()}
        signatures = reading.rows(Signature)
    assert len(signatures) == 5
    assert {acts[row.made] for row in signatures} == {"crawl a-site"}


@pytest.mark.registered
def test_a_page_at_a_registered_address_joins_its_initiative(
    listed: Site, home: Path, run_kb: Command, tmp_path: Path
) -> None:
    with kb.connect(home, by="ana") as base:
        row = base.register.initiative("race-equality-week").values()
        file = tmp_path / "row.jsonl"
        kept = ("kind role reach status effect").split()
        many = "means audience focus region setting group".split()
        made = {name: row[name] for name in ("summary", "organisation", "organisation_kind")}
        made |= {name: row[name][0] for name in kept} | {name: row[name] for name in many}
        made |= {"slug": "known", "title": "Known", "url": f"{listed.address}/one/?utm_source=x"}
        file.write_text(json.dumps(made))
        assert base.register.import_rows(file).made == ["known"]
    run_kb("crawl")
    with kb.connect(home) as base:
        waiting = {
            str(row.url).rpartition("/")[2] for row in base.screen.inbox(everything=True).rows
        }
        assert waiting == {"list", "list2", "two", "three"}
        assert [each.url for each in base.register.initiative("known").documents] == [
            f"{listed.address}/one"
        ]


@pytest.mark.registered
def test_registered_addresses_are_fetched_once(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/known", "Known", ABOUT)
    declare(shape="by-hand")
    with (
        kb.connect(home, by="ana") as base,
        base.workspace.writing(ActKind.edit, "test") as writing,
    ):
        for row in writing.rows(Profile):
            writing.end(row)
        profile = Profile(
            initiative=1,
            title="Known",
            organisation="A Body",
            url=f"{site.address}/known",
            address=f"{site.address}/known",
        )
        writing.add(profile)
    first = run_kb("crawl", "--register")
    assert "register: 1 new" in first.stderr, first.stderr
    second = run_kb("crawl", "--register")
    assert "nothing to crawl" in second.stderr
    with kb.connect(home) as base:
        assert base.screen.inbox(everything=True).rows == []
        assert len(base.register.initiative("1").documents) == 1


def test_what_fails_is_counted_and_named_and_the_others_go_on(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/one", "sorry", 500)
    listed.put("/two", "<html><body></body></html>")
    listed.put("/three", b"%PNG", Content_Type="image/png")
    done = run_kb("crawl")
    assert done.returncode == 3
    run = last_run(home)
    assert {name: each["count"] for name, each in run.errors.items()} == {
        "server error": 1,
        "no text": 1,
        "wrong type": 1,
    }
    assert run.errors["server error"]["example"].endswith("/one")
    assert run.counts["new"] == 2
    assert run.outcome == "partial"


@pytest.mark.slow
def test_one_broken_page_of_many_leaves_the_run_ok(
    listed: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    listed.put("/three", "gone away", 404)
    done = run_kb("crawl")
    assert done.returncode == 0, done.stderr
    assert last_run(home).errors["missing"]["count"] == 1


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, "failed"), (404, "failed"), (403, "blocked")]
)
def test_a_site_that_is_down_is_not_ok(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], status: int, outcome: str
) -> None:
    site.put("/list", "no", status)
    declare(start=[f"{site.address}/list"])
    done = run_kb("crawl")
    assert done.returncode == 3
    assert last_run(home).outcome == outcome


@pytest.mark.slow
def test_a_site_that_does_not_answer_is_refused(
    home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    declare(start=["http://127.0.0.1:9/list"])
    done = run_kb("crawl")
    assert done.returncode == 3
    assert last_run(home).outcome == "failed"
    assert "refused" in done.stderr


@pytest.mark.slow
def test_an_empty_listing_is_less_than_expected(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/list", "A list with nothing in it", "Come back soon for more.")
    declare(start=[f"{site.address}/list"], expect=3)
    done = run_kb("crawl")
    assert done.returncode == 3
    assert "1 documents, expected 3" in done.stderr


@pytest.mark.slow
def test_a_must_find_page_that_is_not_met_is_named(
    listed: Site, run_kb: Command, declare: Callable[..., None]
) -> None:
    address = f"{listed.address}/nowhere"
    declare(start=[f"{listed.address}/list"], must_find=[address])
    done = run_kb("crawl")
    assert done.returncode == 3
    assert address in done.stderr


def test_robots_txt_forbids_and_names_a_delay(listed: Site, home: Path, run_kb: Command) -> None:
    listed.put(
        "/robots.txt", "User-agent: *\nDisallow: /two\nCrawl-delay: 1\n", Content_Type="text/plain"
    )
    started = time.monotonic()
    done = run_kb("crawl")
    assert "/two" not in listed.asked
    assert last_run(home).errors["robots"]["count"] == 1
    assert last_run(home).evidence["robots"]
    assert time.monotonic() - started > 3, done.stderr  # four pages, a second apart


def test_robots_txt_that_cannot_be_had_forbids_all(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/robots.txt", "broken", 503)
    assert run_kb("crawl").returncode == 3
    assert "/list" not in listed.asked
    run = last_run(home)
    assert (run.outcome, run.why) == ("failed", "1 robots.txt: server error")
    (evidence,) = run.evidence["robots"].values()
    assert (evidence["status"], evidence["text"]) == (503, "broken")


@pytest.mark.slow
def test_a_robots_txt_that_is_not_there_allows(listed: Site, run_kb: Command) -> None:
    assert "/robots.txt" not in listed.pages
    assert run_kb("crawl").returncode == 0


@pytest.mark.slow
def test_without_a_contact_only_loopback_is_asked(
    home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    declare(start=["https://a.invalid/list"])
    done = run_kb("crawl")
    assert done.returncode == 1
    assert "KB_CONTACT" in done.stderr
    with kb.connect(home) as base:
        assert base.sources.runs().rows == []


@pytest.mark.slow
def test_the_agent_says_who_asks(listed: Site, run_kb: Command) -> None:
    run_kb("crawl", KB_CONTACT="scan@a.example")
    assert listed.agents
    assert all("kb-horizon-scan" in a and "scan@a.example" in a for a in listed.agents)


def test_redirects_to_other_hosts_are_not_followed(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/one", "", 302, Location="http://localhost:1/elsewhere")
    listed.put("/two", "", 301, Location="/three")
    assert run_kb("crawl").returncode == 0
    assert set(documents_by_path(home)) == {"/list", "/list2", "/three"}


def test_contact_details_are_masked_in_what_is_stored_but_not_in_the_archive(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.page("/one", "Ask ana@trust.example", f"{ABOUT} Ring 020 7946 0018 or AB 12 34 56 C.")
    run_kb("crawl")
    number = documents_by_path(home)["/one"].revision
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        revision = reading.get(Revision, number)
    assert revision is not None
    assert "[e-mail address]" in revision.title
    assert "[telephone number]" in revision.text
    assert "[National Insurance number]" in revision.text
    for secret in ("ana@trust", "7946", "12 34 56"):
        assert secret not in revision.text + revision.title + revision.summary
    assert b"020 7946 0018" in recall(home / "archive", revision.archived)
    (file,) = (home / "archive" / "a-site").iterdir()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_declared_css_chooses_links_and_text(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.put(
        "/list",
        "<html><body><div class=keep><a href=/a>a</a></div><main><a href=/b>b</a>"
        f"<p class=t>{ABOUT}</p></main></body></html>",
    )
    site.put("/a", f"<html><body><p>Not this one at all.</p><p class=t>{ABOUT}</p></body></html>")
    declare(start=[f"{site.address}/list"], select={"links": ".keep a", "text": ".t"})
    assert run_kb("crawl").returncode == 0
    pages = documents_by_path(home)
    assert set(pages) == {"/list", "/a"}
    assert pages["/a"].text == ABOUT


@pytest.mark.slow
def test_follow_keeps_to_a_part_of_the_site(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/work/list", "A list", links=("/work/a", "/news/b"))
    site.page("/work/a", "A", ABOUT)
    site.page("/news/b", "B", ABOUT)
    declare(start=[f"{site.address}/work/list"], follow=["/work/"])
    run_kb("crawl")
    assert set(documents_by_path(home)) == {"/work/list", "/work/a"}


def test_a_site_is_asked_one_thing_at_a_time(listed: Site, home: Path, run_kb: Command) -> None:
    text = (home / "sources.toml").read_text()
    (home / "sources.toml").write_text(text + text.replace("a-site", "b-site"))
    listed.pause = 0.1
    assert run_kb("crawl").returncode == 0
    assert listed.most_at_once == 1
    assert len(documents_by_path(home)) == 5


def test_hostile_links_and_loops_are_counted_and_the_others_go_on(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    good = tuple(f"/page-{number}" for number in range(12))
    site.page("/list", "A list", links=("http://[bad", "/loop", "/away", "/photo.jpg", *good))
    for path in good:
        site.page(path, f"Programme {path}", f"{ABOUT} It is {path}.")
    site.put("/loop", "", 302, Location="/loop2")
    site.put("/loop2", "", 302, Location="/loop")
    site.put("/away", "", 302, Location="http://elsewhere.invalid/")
    declare(start=[f"{site.address}/list"])
    done = run_kb("crawl")
    assert done.returncode == 0, done.stderr
    errors = last_run(home).errors
    assert errors["redirect loop"]["count"] == 1
    assert errors["elsewhere"]["example"].endswith("/away")
    assert "/photo.jpg" not in site.asked


@pytest.mark.slow
def test_a_busy_site_is_not_asked_again_before_it_says(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/one", "busy", 503, Retry_After="1")
    started = time.monotonic()
    run_kb("crawl")
    assert time.monotonic() - started > 2  # asked three times, a second apart
    listed.put("/list", "busy", 429, Retry_After="86400")
    done = run_kb("crawl")
    assert done.returncode == 3


def test_a_second_crawl_of_a_home_is_told_at_once(
    listed: Site, home: Path, run_kb: Command
) -> None:
    with FileLock(home / "crawl.lock"):
        done = run_kb("crawl")
    assert done.returncode == 4
    assert "another crawl" in done.stderr


@pytest.mark.slow
def test_a_crawl_that_is_killed_leaves_a_sound_store_and_the_next_completes(
    listed: Site, home: Path, run_kb: Command
) -> None:
    listed.put("/robots.txt", "User-agent: *\nCrawl-delay: 1\n", Content_Type="text/plain")
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "--home", str(home), "crawl"],
        env={**os.environ, "KB_USER": "ana"},
        stderr=subprocess.DEVNULL,
    )
    for _ in range(1200):
        if len(listed.asked) > 2:  # robots.txt, the list, and the first of four pages
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    del listed.pages["/robots.txt"]
    assert run_kb("crawl").returncode == 0
    assert len(documents_by_path(home)) == 5
    with kb.connect(home) as base:
        assert [row.outcome for row in base.sources.runs().rows] == ["ok", "failed"]
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        assert len(reading.rows(Revision)) == 5


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("crawl", "a-sight"), "did you mean 'a-site'?"),
        (("runs", "a-sight"), "did you mean 'a-site'?"),
    ],
)
def test_an_unknown_source_is_named_with_the_nearest(
    listed: Site, run_kb: Command, words: tuple[str, ...], output: str
) -> None:
    done = run_kb(*words)
    assert done.returncode == 1
    assert "'a-sight'" in done.stderr
    assert output in done.stderr
