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


@pytest.fixture
def listed(site: Site) -> Site:
    site.page("/work", "Our work", ABOUT, links=("/one", "/two"))
    site.page("/one", "One", ABOUT)
    site.page("/two", "Two", "About the weather.")
    return site


@pytest.mark.slow
def test_a_new_body_is_asked_for_and_both_files_keep_their_comments(
    listed: Site, home: Path, run_kb: Command
) -> None:
    before = {name: (home / name).read_text() for name in ("sources.toml", "bodies.toml")}
    answers = [
        "A Brand New Body",
        "n",
        "x",
        "1",
        "1",
        "nonsense",
        "talent, all-of-it",
        "talent",
        "y",
    ]
    done = run_kb(
        "sources", "add", f"{listed.address}/work", "--name", "new", stdin="\n".join(answers)
    )
    assert done.returncode == 0, done.stderr
    assert "One <" in done.stderr
    assert "3 pages or more" in done.stderr or "2 pages or more" in done.stderr
    assert "kb crawl new" in done.stderr
    for name, text in before.items():
        assert (home / name).read_text().startswith(text.rstrip())
    assert 'name = "A Brand New Body"' in (home / "bodies.toml").read_text()
    assert 'covers = ["talent"]' in (home / "sources.toml").read_text()
    assert run_kb("crawl", "new").returncode == 0


@pytest.mark.slow
def test_no_is_no_error_and_writes_nothing(listed: Site, home: Path, run_kb: Command) -> None:
    before = (home / "sources.toml").read_text()
    for answers in ("CQC\nall\nn\n", "q\n", ""):
        done = run_kb("sources", "add", f"{listed.address}/work", stdin=answers)
        assert done.returncode == 0, done.stderr
        assert "nothing was written" in done.stderr
    assert (home / "sources.toml").read_text() == before


@pytest.mark.slow
def test_govuk_is_known_by_what_it_answers(site: Site, home: Path, run_kb: Command) -> None:
    item = {
        "base_path": "/guidance/race",
        "content_id": "id-1",
        "title": "Race equality guidance",
        "details": {"body": f"<p>{ABOUT}</p>"},
    }
    found = json.dumps({"results": [{"link": "/guidance/race"}], "total": 731})
    site.routes["/api/search.json"] = lambda _: Answer(found.encode())
    site.put("/api/content/guidance/race", json.dumps(item), Content_Type="application/json")
    added = run_kb("sources", "add", site.address, "--name", "g", "--organisation", "CQC", "--yes")
    assert "read as govuk; the site names 731 pages" in added.stderr


@pytest.mark.slow
def test_check_confirms_what_holds_and_names_what_does_not(
    listed: Site, other_site: Site, home: Path, run_kb: Command
) -> None:
    other_site.put("/", "", 301, Location=f"{listed.address}/work")
    there = f"{listed.address}/work"
    source = '[[source]]\nname = "{}"\norganisation = "CQC"\nshape = "{}"\nstart = ["{}"]\n{}\n'
    (home / "sources.toml").write_text(
        "# ours\n"
        + source.format("holds", "listing", there, f'must_find = ["{listed.address}/one"]')
        + source.format("loses", "listing", there, f'must_find = ["{listed.address}/gone"]')
        + source.format("moved", "listing", f"{other_site.address}/", "")
        + source.format("closed", "wordpress", f"{listed.address}/", "")
    )
    assert run_kb("sources", "check", "--offline", "-f", "json").returncode == 0
    assert listed.asked == []
    done = run_kb("sources", "check", "-f", "json")
    faults: dict[str, list[str]] = {}
    for row in json.loads(done.stdout):
        faults.setdefault(row["source"], []).append(row["fault"])
    assert faults["holds"] == ["never crawled"]
    assert any("/gone was not found" in each for each in faults["loses"])
    assert any("has moved to" in each for each in faults["moved"])
    assert any("cannot be read as wordpress" in each for each in faults["closed"])
    text = (home / "sources.toml").read_text()
    assert text.startswith("# ours\n")
    assert text.count("checked = true") == 1
    assert "checked = true" in text.partition('name = "loses"')[0]
    assert "1 of 4 sources confirmed" in done.stderr
