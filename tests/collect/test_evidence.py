"""Evidence as received: records that other readers take, and what allowed each."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command, Site
from fastwarc.warc import ArchiveIterator, WarcRecordType
from pages import documents_by_path

from kb.collect.robots import rule_for

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."
LICENCE = "https://licences.example/open/3/"


@pytest.fixture
def crawled(site: Site, home: Path, run_kb: Command, declare: object) -> Site:
    site.put(
        "/robots.txt", "User-agent: *\nDisallow: /private\nAllow: /", Content_Type="text/plain"
    )
    site.page("/list", "A list", ABOUT, links=("/one", "/private/x"))
    head = f'<link rel="license" href="{LICENCE}"><meta name="tdm-reservation" content="1">'
    body = f"<main><h1>One</h1><p>{ABOUT} It is free.</p></main>"
    site.put("/one", f"<html><head>{head}</head><body>{body}</body></html>", X_Odd="käse")
    declare(start=[f"{site.address}/list"])  # type: ignore[operator]
    run_kb("crawl")
    return site


def archive(home: Path) -> Path:
    (file,) = (home / "archive").rglob("*.warc.gz")
    return file


def test_the_records_pass_the_check_of_their_own_reader(crawled: Site, home: Path) -> None:
    check = [sys.executable, "-W", "ignore", "-m", "warcio.cli", "check", "-v", str(archive(home))]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout


def test_another_reader_finds_answer_request_and_what_was_noted(crawled: Site, home: Path) -> None:
    with archive(home).open("rb") as file:
        records = [
            (
                r.record_type,
                r.headers.get("WARC-Target-URI", ""),
                r.verify_block_digest(consume=False),
            )
            for r in ArchiveIterator(file, parse_http=False)
        ]
    assert all(sound for kind, _, sound in records if kind != WarcRecordType.warcinfo)
    assert records[0][0] == WarcRecordType.warcinfo
    kinds = [kind for kind, url, _ in records if url.endswith("/one")]
    assert kinds == [WarcRecordType.response, WarcRecordType.request, WarcRecordType.metadata]


def test_a_capture_is_shown_with_what_allowed_it(
    crawled: Site, home: Path, run_kb: Command
) -> None:
    name = documents_by_path(home)["/one"].name
    shown = run_kb("show", name, "--capture").stdout
    for words in (
        "HTTP/1.",
        "200 OK",
        "Allow: /",
        LICENCE,
        "X-Odd",
        "kb-horizon-scan/",
        "127.0.0.1",
    ):
        assert words in shown
    assert "tdm reservation" in shown
    refused = run_kb("show", "race-equality-week", "--capture")
    assert refused.returncode == 1


def test_a_capture_that_was_erased_is_said_to_be(
    crawled: Site, home: Path, run_kb: Command
) -> None:
    name = documents_by_path(home)["/one"].name
    assert run_kb("forget", name, "--why", "asked for", "--yes").returncode == 0
    assert b"It is free" not in archive(home).read_bytes()
    done = run_kb("show", name, "--capture")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_run_is_shown_with_its_evidence(crawled: Site, run_kb: Command) -> None:
    shown = run_kb("runs", "1").stdout
    for words in (
        "Disallow: /private",
        "robots.txt forbids the address",
        "/private/x",
        "127.0.0.1",
    ):
        assert words in " ".join(shown.split())
    unknown = run_kb("runs", "77")
    assert unknown.returncode == 1
    assert "no run '77'" in unknown.stderr


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/x", "Allow: /"),
        ("/private/x", "Disallow: /private"),
        ("/private/open/x", "Allow: /private/open"),
        ("/a.pdf", "Disallow: /*.pdf$"),
        ("/a.pdf?x", "Allow: /"),
        ("/tie", "Allow: /tie"),
    ],
)
def test_the_longest_rule_decides(path: str, rule: str) -> None:
    group = [
        "Allow: /",
        "Disallow: /private",
        "Allow: /private/open",
        "Disallow: /*.pdf$",
        "Disallow: /tie",
        "Allow: /tie",
        "Disallow:",
        "Crawl-delay: 1",
    ]
    assert rule_for(group, path) == rule


def test_an_archive_of_which_a_page_was_erased_is_read_whole(
    crawled: Site, home: Path, run_kb: Command
) -> None:
    name = documents_by_path(home)["/one"].name
    run_kb("forget", name, "--why", "asked for", "--yes")
    check = [sys.executable, "-W", "ignore", "-m", "warcio.cli", "check", str(archive(home))]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    with archive(home).open("rb") as file:
        urls = {each.headers.get("WARC-Target-URI") for each in ArchiveIterator(file)}
    assert f"{crawled.address}/list" in urls
    assert f"{crawled.address}/one" not in urls
