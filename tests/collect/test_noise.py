"""Blocks beside the content, and pages that say they are not there: on values."""

import pytest
from lxml import html

from kb.collect.noise import prune
from kb.collect.stubs import says_it_is_missing


def left(body: str) -> str:
    tree = html.fromstring(f"<html><body>{body}</body></html>")
    prune(tree)
    return " ".join(tree.text_content().split())


@pytest.mark.parametrize(
    "name", ["cookie-banner", "related-links", "newsletter sign-up", "social", "view-count"]
)
def test_a_block_beside_the_content_goes(name: str) -> None:
    content = "<p>Mentoring for boards of trusts in the north of England.</p>"
    assert left(f'{content}<div class="{name}">Follow us</div>') == (
        "Mentoring for boards of trusts in the north of England."
    )


def test_a_word_within_another_is_no_name_of_a_block() -> None:
    assert "Shares" in left('<p>Some words here to stay.</p><div class="sharesheet">Shares</div>')


def test_a_block_that_holds_most_of_the_page_stays() -> None:
    assert left('<div id="related"><p>All that the page says stands here.</p></div> End') != "End"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404", ""),
        ("Page not found", "Try the search."),
        ("Sorry", "We can't find that page. It may have moved."),
        ("Oops", "This guide is no longer available."),
        ("Sorry", "Sorry, the page you were looking for could not be found."),
        ("Sorry", "The page you requested does not exist."),
        ("Trust", "This page has moved or been removed."),
        ("Page missing", ""),
        ("Nothing found", "It looks like nothing was found at this location."),
        ("Oops", "We couldn't find what you were looking for."),
        ("Sorry", "The page you are trying to view is unavailable."),
    ],
)
def test_a_page_that_says_it_is_missing(title: str, text: str) -> None:
    assert says_it_is_missing(title, text)


def test_a_page_of_content_may_speak_of_what_is_missing() -> None:
    assert not says_it_is_missing("Our impact", "Where a page is found wanting we say so.")
    assert not says_it_is_missing("Page not found", "words " * 400)
    assert not says_it_is_missing("The fund", "The fund is no longer available. It paid trusts.")
    assert not says_it_is_missing("Midwives", "404 midwives took part in the course.")
    assert not says_it_is_missing("A form", "The document is not available in print. Ask for it.")
    assert not says_it_is_missing("Lost", "If your document is missing, call the registry.")
    assert not says_it_is_missing("404 people helped", "They were helped in Hull.")
    assert not says_it_is_missing(
        "News", "This article has been removed from the Bill by the Lords."
    )
    ended = "This fellowship is no longer available. It ran from 2019 to 2023 with 40 midwives."
    assert not says_it_is_missing("A fellowship", ended)
    assert not says_it_is_missing(
        "Mentoring", "This page has moved. " + "Mentoring goes on here. " * 9
    )
    late = "words " * 60 + "the old form is no longer available"
    assert not says_it_is_missing("A programme", late)
