"""One spelling for one place."""

import pytest

from kb.contract import normalised, within


@pytest.mark.parametrize(
    "spelling",
    [
        "https://www.a.example/b/c/",
        "http://a.example/b/c",
        "https://A.example/b/c#part",
        "https://a.example/b/c?utm_source=x&fbclid=y",
        "https://a.example/b/c?doing_wp_cron=1634.1",
        "https://a.example/b/c;jsessionid=AB12",
        " https://a.example:443/b/c?print=1 ",
    ],
)
def test_spellings_of_one_place_are_one(spelling: str) -> None:
    assert normalised(spelling) == "https://a.example/b/c"


def test_what_tells_pages_apart_is_kept() -> None:
    assert normalised("https://a.example/b?id=2&a=1") == "https://a.example/b?a=1&id=2"
    assert normalised("https://a.example/b?page=2") != normalised("https://a.example/b?page=3")


def test_loopback_keeps_scheme_and_port() -> None:
    assert normalised("http://127.0.0.1:8000/x/") == "http://127.0.0.1:8000/x"


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="no address"):
        normalised("not an address")


def test_a_path_is_within_a_prefix_or_anywhere_without_one() -> None:
    assert within("https://a.example/our-work/x", ["/our-work/"])
    assert not within("https://a.example/news/x", ["/our-work/"])
    assert within("https://a.example", [])
