"""One bad detail costs only itself: never a page, a sitemap or a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Answer, Command, Site, last_line
from pages import documents_by_path

import kb
from kb.keep import runs

TEXT = "This programme offers race equality support to boards of NHS trusts, with mentoring."


@pytest.mark.parametrize(
    "bad", ["", "  \n", "<!doctype html><html><body>Error</body></html>", "Fatal error"]
)
def test_a_sitemap_that_is_none_costs_itself_alone(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], bad: str
) -> None:
    site.page("/one", "Programme one", TEXT)
    index = "".join(f"<sitemap><loc>{site.address}/{n}.xml</loc></sitemap>" for n in ("a", "bad"))
    site.put("/index.xml", f"<sitemapindex>{index}</sitemapindex>", Content_Type="application/xml")
    site.put("/a.xml", f"<urlset><url><loc>{site.address}/one</loc></url></urlset>")
    site.put("/bad.xml", bad, Content_Type="application/xml")
    declare(shape="sitemap", start=[f"{site.address}/index.xml"])
    done = run_kb("crawl")
    assert "1 new" in done.stderr
    assert "a fault of kb" not in done.stderr
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        errors = runs.newest(reading)[0].errors
    assert errors["no sitemap"] == {"count": 1, "example": f"{site.address}/bad.xml"}


def test_a_sitemap_of_plain_lines_is_read(
    site: Site, run_kb: Command, declare: Callable[..., None]
) -> None:
    for name in ("one", "two"):
        site.page(f"/{name}", f"Programme {name}", f"{TEXT} It is called {name}.")
    site.put("/sitemap.xml", f"{site.address}/one\n{site.address}/two\n", Content_Type="text/plain")
    declare(shape="sitemap", start=[f"{site.address}/sitemap.xml"])
    assert last_line(run_kb("crawl")) == "a-site: 2 new, 0 changed, 0 same; ok"


def post(site: Site, number: int, **fields: object) -> dict[str, object]:
    link = f"{site.address}/blog/post-{number}"
    known = {"id": number, "link": link, "title": {"rendered": f"Post {number}"}}
    return known | {"content": {"rendered": f"<p>{TEXT} Number {number}.</p>"}} | fields


@pytest.mark.parametrize("root", ["/blog/wp-json", "/elsewhere/wp-json", "plain"])
def test_wordpress_is_found_where_it_stands(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], root: str
) -> None:
    posts = Answer(json.dumps([post(site, 1)]).encode(), 200, {"Content-Type": "application/json"})
    none = Answer(b"not here", 404)
    if root == "plain":
        site.routes["/blog/"] = lambda query: (
            posts if query.get("rest_route") == ["/wp/v2/posts"] else none
        )
    else:
        site.routes[f"{root}/wp/v2/posts"] = lambda _: posts
        named = f'<link rel="https://api.w.org/" href="{site.address}{root}/">'
        site.put("/blog/", f"<html><head>{named}</head><body>Blog</body></html>")
    declare(shape="wordpress", start=[f"{site.address}/blog/"])
    assert ": 1 new" in run_kb("crawl").stderr
    assert list(documents_by_path(home)) == ["/blog/post-1"]


def test_a_post_of_another_form_costs_itself_alone(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    posts = [
        post(site, 1, content=None),
        {"link": f"{site.address}/blog/none"},
        "no post at all",
        post(site, 2, title="A plain title", excerpt=None, date_gmt="never"),
    ]
    answer = Answer(json.dumps(posts).encode(), 200, {"Content-Type": "application/json"})
    site.routes["/wp-json/wp/v2/posts"] = lambda _: answer
    declare(shape="wordpress", start=[f"{site.address}/"])
    assert ": 1 new" in run_kb("crawl").stderr
    (document,) = documents_by_path(home).values()
    assert document.title == "A plain title"
