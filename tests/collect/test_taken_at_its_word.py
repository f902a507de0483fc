"""What a site answers is not taken at its word: one text for many pages, stubs, broken bodies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, Site, last_line
from pages import documents_by_path

import kb
from kb.collect.stubs import says_it_is_a_stub
from kb.keep import runs
from kb.keep.crawled import Outcome

NAMES = [f"/page-{number}" for number in range(8)]
LONG = "Our offices are closed for the works that we told you of. Come back on another day. " * 12

STUB = "<html><title>{}</title><main><p>{}</p></main></html>"


@pytest.fixture
def mapped(site: Site, declare: Callable[..., None]) -> Site:
    for path in NAMES:
        site.page(path, f"Programme {path[1:]}", f"Race equality for boards, called {path[1:]}.")
    named = "".join(f"<url><loc>{site.address}{path}</loc></url>" for path in NAMES)
    site.put("/sitemap.xml", f"<urlset>{named}</urlset>", Content_Type="application/xml")
    declare(shape="sitemap", start=[f"{site.address}/sitemap.xml"])
    return site


def texts(home: Path) -> dict[str, str]:
    return {path: each.text for path, each in documents_by_path(home).items()}


@pytest.mark.parametrize(
    "body",
    [
        f"<html><title>Works</title><main><h1>Works</h1><p>{LONG}</p></main></html>",
        pytest.param(STUB.format("Just a moment...", "Checking it."), marks=pytest.mark.slow),
        pytest.param(STUB.format("Sign in", "Please log in to continue."), marks=pytest.mark.slow),
        pytest.param(STUB.format("Sorry", "Down for maintenance."), marks=pytest.mark.slow),
    ],
)
def test_one_text_for_every_page_replaces_nothing(
    mapped: Site, home: Path, run_kb: Command, body: str
) -> None:
    assert last_line(run_kb("crawl")).endswith("8 new, 0 changed, 0 same; ok")
    before = texts(home)
    for path in NAMES:
        mapped.put(path, body)
    for _ in range(2):
        done = run_kb("crawl")
        assert done.returncode == 3
        assert ": 0 new, 0 changed, 0 same" in done.stderr
    assert texts(home) == before
    assert {str(each.state) for each in documents_by_path(home).values()} == {"live"}
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        newest = runs.newest(reading)[0]
    assert newest.outcome in (Outcome.failed, Outcome.partial)
    assert "one text" in newest.why or "stub" in newest.why


@pytest.mark.slow
def test_pages_that_change_each_to_its_own_are_changes(
    mapped: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    for path in NAMES:
        mapped.page(path, f"Programme {path[1:]}", f"Now it is another, called {path[1:]}.")
    assert last_line(run_kb("crawl")).endswith("0 new, 8 changed, 0 same; ok")


@pytest.mark.slow
def test_a_challenge_with_an_id_of_its_own_for_each_page_is_one_text(
    mapped: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    before = texts(home)
    for number, path in enumerate(NAMES):
        said = f"One more step. Your number is 8f3ab21c{number}."
        mapped.put(path, f"<html><main><h1>Please wait</h1><p>{said}</p></main></html>")
    assert run_kb("crawl").returncode == 3
    assert texts(home) == before


@pytest.mark.parametrize(
    "said",
    [
        "<h1>{name}</h1><p>Your time at this desk is over. Begin at the first desk again.</p>",
        "<h1>Oh no</h1><p>That did not go well. Reference #18.2f3d{n}02.17000000{n}.1a2b3c</p>",
        "<h1>Busy</h1><p>Many people look at this. It is 2026-11-27 05:39:1{n}.</p>",
    ],
)
def test_one_text_under_its_own_heading_or_with_an_id_replaces_nothing(
    mapped: Site, home: Path, run_kb: Command, said: str
) -> None:
    for number, path in enumerate(NAMES):
        body = said.format(name=f"Programme {path[1:]}", n=number)
        mapped.put(path, f"<html><main>{body}</main></html>")
    assert "new pages say the same" in run_kb("crawl").stderr
    for path in NAMES:
        mapped.page(path, f"Programme {path[1:]}", f"Race equality for boards, called {path[1:]}.")
    run_kb("crawl")
    before = texts(home)
    for number, path in enumerate(NAMES):
        body = said.format(name=f"Programme {path[1:]}", n=number)
        mapped.put(path, f"<html><main>{body}</main></html>")
    assert run_kb("crawl").returncode == 3
    assert texts(home) == before


@pytest.mark.slow
def test_two_pages_that_come_to_say_the_same_are_two_changes(
    mapped: Site, home: Path, run_kb: Command
) -> None:
    run_kb("crawl")
    for path in NAMES[:2]:
        mapped.page(path, "Programme", "The two programmes are one by now.")
    assert last_line(run_kb("crawl")).endswith("0 new, 2 changed, 6 same; ok")


def test_one_text_on_a_first_crawl_is_said(mapped: Site, home: Path, run_kb: Command) -> None:
    for path in NAMES:
        mapped.put(path, f"<html><title>Works</title><main><p>{LONG}</p></main></html>")
    done = run_kb("crawl")
    assert "8 new pages say the same: 'Our offices are closed" in done.stderr


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", ""),
        ("Attention Required!", "Please enable cookies."),
        ("Trust", "You need to sign in to continue."),
        ("Trust", "JavaScript is required to use this site."),
        ("Trust", "This service is undergoing essential maintenance."),
        (
            "Website under maintenance",
            "Website under maintenance\nWe are carrying out planned maintenance. Try again later.",
        ),
        ("Works", "Works\nOur website is currently down for maintenance."),
        ("Log in", "Username Password Forgotten your password?"),
        ("Sign in to continue", "Enter your work e-mail"),
        ("Site maintenance", "We are carrying out maintenance. Please come back later."),
        ("Service unavailable", "We'll be back soon. We are making improvements to this website."),
        ("Robot check", "Are you a robot? Please complete the CAPTCHA below."),
        ("Access to this page has been denied", "Press & Hold to confirm you are a human"),
        ("403 Forbidden", "Request forbidden by administrative rules."),
        ("Request Rejected", "The requested URL was rejected. Your support ID is: 17391234567890."),
        ("Members", "This content is for members only. Please log in or register."),
        ("Redirecting to the new page", "Redirecting to the new page"),
        ("Error", "There has been a critical error on this website."),
        (
            "Just a moment...",
            "a.example\nVerifying you are human. This may take a few seconds.\n"
            "a.example needs to review the security of your connection before proceeding.",
        ),
        ("", "Request unsuccessful. Incapsula incident ID: 1234-5678"),
        (
            "Client Challenge",
            "JavaScript is disabled in your browser.\nPlease enable JavaScript to proceed.",
        ),
        ("Log in", "You are not logged in. Please log in to see this content."),
        ("Protected: papers", "This content is password protected.\nPassword"),
        ("App", "You need to enable JavaScript to run this app."),
        ("504 Gateway Time-out", "504 Gateway Time-out\nnginx"),
        ("Sorry, there is a problem with the service", "Try again later."),
        ("Hub", "You must be logged in to view this page."),
        ("Soon", "This site is under construction. Please come back later."),
        ("Blocked", "Sorry, you have been blocked\nYou are unable to access a.example"),
    ],
)
def test_a_stub_is_no_document(title: str, text: str) -> None:
    assert says_it_is_a_stub(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Access to care", "How patients log in to the portal is told in a leaflet."),
        ("Maintenance of standards", "Boards keep up their standards of race equality."),
        ("Access denied: how racism keeps patients out", "Boards hear from patients in Leeds."),
        ("Members", "Please sign in to see it. The network meets in Leeds and is for all staff."),
        ("Library", "The east wing is closed for maintenance. Cultural training has moved."),
        ("Pledge", "To read it please enable JavaScript. It has five parts; forty trusts signed."),
        ("Attention required: the ethnicity pay gap", "Boards look at the gap each year in June."),
        ("A moment of change", "It took just a moment for chairs to see it. " * 20),
        ("The app", "Log in with NHS login to order prescriptions and see your record."),
        ("Unit closed", "We are closed for essential maintenance until 5 May. Visit Unit 7."),
        ("Walks", "Members only walking group: Tuesdays 10am in the park. Join for £5."),
        ("A card", "Your support ID card shows that you care for somebody. Show it in shops."),
        (
            "Just a moment: an exercise",
            "Breathe in for four seconds, then out, and see how it feels.",
        ),
        ("Hub", "Coming soon: our family hub on High Street, Leeds. Opens 3 June."),
    ],
)
def test_a_page_of_content_is_no_stub(title: str, text: str) -> None:
    assert not says_it_is_a_stub(title, text)
