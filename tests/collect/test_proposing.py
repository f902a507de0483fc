"""`kb sources add`: how a site can be read is worked out on a real server; `sources check`."""

import json
from pathlib import Path

import pytest
from conftest import Answer, Command, Site

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."


@pytest.mark.slow
def test_a_site_without_an_api_is_read_as_a_listing_and_declared(
    site: Site, home: Path, run_kb: Command
) -> None:
    site.page("/work", "Our work", ABOUT, links=("/one",))
    site.page("/one", "One", ABOUT)
    before = (home / "sources.toml").read_text()
    url = f"{site.address}/work"
    added = run_kb("sources", "add", url, "--name", "new", "--organisation", "CQC", "--yes")
    assert added.returncode == 0, added.stderr
    assert "read as listing" in added.stderr
    assert (home / "sources.toml").read_text().startswith(before.rstrip())
    assert run_kb("crawl", "new").stderr.endswith("new: 2 new, 0 changed, 0 same; ok\n")
    again = run_kb("sources", "add", url, "--organisation", "CQC", "--yes")
    assert again.returncode == 1
    assert "is declared" in again.stderr


@pytest.mark.slow
def test_a_site_with_wordpress_api_is_read_by_it(site: Site, home: Path, run_kb: Command) -> None:
    post = {
        "id": 7,
        "link": f"{site.address}/seven/",
        "type": "post",
        "date_gmt": "2026-01-02T03:04:05",
        "modified_gmt": "2026-01-02T03:04:05",
        "title": {"rendered": "Seven"},
        "excerpt": {"rendered": "", "protected": False},
        "content": {"rendered": f"<p>{ABOUT}</p>", "protected": False},
    }
    api = {"Content_Type": "application/json", "X_WP_TotalPages": "1"}
    for route in ("posts", "pages"):
        path = f"/wp-json/wp/v2/{route}"
        answered = json.dumps([post] if route == "posts" else [])
        site.routes[path] = lambda _, body=answered: _answer(body, api)  # type: ignore[misc]
    site.page("/", "Home", ABOUT)
    added = run_kb("sources", "add", site.address, "--name", "wp", "--organisation", "CQC", "--yes")
    assert "read as wordpress" in added.stderr


def _answer(body: str, headers: dict[str, str]) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body.encode(), 200, named)


def test_what_can_not_be_declared_is_refused_before_anything_is_asked(
    home: Path, run_kb: Command, site: Site
) -> None:
    before = (home / "sources.toml").read_text()
    for words in (
        ("not-an-address",),
        (site.address, "--organisation", "Nobody Anybody Knows"),
        ("https://www.england.nhs.uk/new", "--name", "nhs-england-wres"),
    ):
        assert run_kb("sources", "add", *words, "--yes").returncode == 1
    assert site.asked == []
    assert (home / "sources.toml").read_text() == before


def test_check_names_what_is_amiss(site: Site, home: Path, run_kb: Command) -> None:
    (home / "sources.toml").write_text(
        '[[source]]\nname = "odd"\norganisation = "No Body"\nshape = "listing"\n'
        f'start = ["{site.address}/"]\nmust_find = ["https://other.example/x"]\n'
    )
    output = json.loads(run_kb("sources", "check", "-f", "json").stdout)
    assert [row["source"] for row in output] == ["odd"] * 3
    assert "No Body" in output[0]["fault"]
    assert "other.example" in output[1]["fault"]
    assert output[2]["fault"] == "never crawled"
