"""Reading bodies: what a page says, and what breaks a limit."""

import asyncio
from pathlib import Path

import pytest
from killing import Killing

from kb.collect.body import ReadError, ReceivedBody
from kb.collect.reading import read
from kb.collect.worker import Workers
from kb.declare.lexicon import Lexicon
from kb.screen.relevance import Scorer


def html(
    inner: str, head: str = "", url: str = "https://a.example/x", select: str = ""
) -> ReceivedBody:
    text = f"<!doctype html><html lang='en-GB'><head>{head}</head><body>{inner}</body></html>"
    return ReceivedBody(text.encode(), "text/html", "https://a.example/x", select)


ARTICLE = (
    "<nav><a href=/>Home</a></nav><main><h1>A  programme</h1><p>It offers mentoring to "
    "chairs of trusts in every region of the country.</p><p>It began in spring.</p></main>"
)


def test_heading_text_and_language_are_read() -> None:
    reading = read(html(ARTICLE, "<title>A programme | A Body</title>"))
    assert reading.title == "A programme"
    assert "It offers mentoring to chairs of trusts" in reading.text
    assert reading.language == "en"
    assert reading.summary.startswith("A programme")


def test_a_page_without_a_heading_takes_its_title_without_the_site() -> None:
    assert (
        read(html("<p>Some words stand here.</p>", "<title>Pledge | A Body</title>")).title
        == "Pledge"
    )


def test_the_description_is_the_summary() -> None:
    head = '<meta name="description" content="What it is, ask a@b.example">'
    assert read(html(ARTICLE, head)).summary == "What it is, ask [e-mail address]"


def test_control_characters_and_direction_marks_are_dropped() -> None:
    reading = read(html("<main><p>Plain &#8238;words\x1b[31m stand here for all.</p></main>"))
    assert "\x1b" not in reading.text
    assert "‮" not in reading.text


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (html(""), "no text"),
        (ReceivedBody(b"", "text/html", "https://a.example"), "unreadable"),
        (ReceivedBody(b"\x89PNG", "image/png", "https://a.example"), "wrong type"),
        (html(ARTICLE, select=".not-there"), "structure changed"),
    ],
)
def test_a_body_that_gives_nothing_says_why(body: ReceivedBody, failure: str) -> None:
    with pytest.raises(ReadError) as wrong:
        read(body)
    assert wrong.value.failure == failure


def test_a_body_that_breaks_a_limit_is_a_failure_and_the_next_is_read() -> None:
    async def ask() -> list[str]:
        workers = Workers(Scorer(Lexicon(term=())), processes=1, seconds=15)
        try:
            await workers.read(html(ARTICLE))  # the process is up and its imports are done
            deep = ReceivedBody(b"<div>" * 2_000_000, "text/html", "https://a.example/deep")
            outcomes = []
            for body in (deep, html(ARTICLE)):
                try:
                    outcomes.append((await workers.read(body)).title)
                except ReadError as error:
                    outcomes.append(error.failure)
            return outcomes
        finally:
            workers.stop()

    first, second = asyncio.run(ask())
    assert first in ("unreadable", "no text")
    assert second == "A programme"


def asked(workers: Workers, *bodies: ReceivedBody) -> list[str]:
    """The title of each body, or the failure, as those workers read them."""

    async def ask() -> list[str]:
        outcomes = []
        try:
            for body in bodies:
                try:
                    outcomes.append((await workers.read(body)).title)
                except ReadError as error:
                    outcomes.append(error.failure)
            return outcomes
        finally:
            workers.stop()

    return asyncio.run(ask())


def test_a_body_that_takes_too_long_of_the_processor_is_a_failure() -> None:
    workers = Workers(Scorer(Lexicon(term=())), processes=1, seconds=0.1)
    long = html("<h1>Long</h1>" + "<p>Mentoring for boards of trusts.</p>" * 60_000)
    assert asked(workers, long) == ["unreadable"]


def test_the_start_of_a_reader_is_no_part_of_its_time() -> None:
    workers = Workers(Scorer(Lexicon(term=())), processes=1, seconds=0.5)
    assert asked(workers, html(ARTICLE)) == ["A programme"]  # its imports alone take longer


@pytest.mark.parametrize(("times", "outcome"), [(1, "A programme"), (2, "not read (this machine)")])
def test_a_reader_that_was_killed_tries_again_before_it_is_counted(
    tmp_path: Path, times: int, outcome: str
) -> None:
    workers = Workers(Killing(tmp_path / "kills", times), processes=1)
    assert asked(workers, html(ARTICLE)) == [outcome]


@pytest.mark.parametrize(
    ("charset", "written"),
    [
        ("iso-8859-1", "cp1252"),
        ("windows-1252", "cp1252"),
        ("utf-8", "utf-8"),
        ("latin1", "cp1252"),
    ],
)
def test_the_charset_of_the_header_goes_before_guessing(charset: str, written: str) -> None:
    words = "The café fund of £5,000 is led by Zoë Naïve – “race equality”."
    page = f"<html><body><main><h1>Fund</h1><p>{words}</p><p>It meets.</p></main></body></html>"
    body = ReceivedBody(page.encode(written), "text/html", "https://a.example/", charset=charset)
    assert words in read(body).text


def test_a_byte_that_is_none_costs_only_itself() -> None:
    page = "<html><body><main><h1>Fund</h1><p>£5,000 for the café.</p><p>§ meets.</p></main></body>"
    broken = page.encode().replace("§".encode(), b"\xff")
    body = ReceivedBody(broken, "text/html", "https://a.example/", charset="utf-8")
    assert "£5,000 for the café." in read(body).text


@pytest.mark.parametrize(
    "head",
    [
        "<title>Mentoring for all | Some Trust</title>",
        '<title>Mentoring for all</title><meta property="og:site_name" content="Some Trust">',
    ],
)
def test_a_banner_that_is_the_only_h1_is_not_the_title_of_the_page(head: str) -> None:
    page = html(f"<header><h1>Some Trust</h1></header><main>{ARTICLE}</main>", head)
    assert read(page).title == "Mentoring for all"
    own = html(f"<h1>Some Trust</h1><main>{ARTICLE}</main>", "<title>Some Trust</title>")
    assert read(own).title == "Some Trust"
