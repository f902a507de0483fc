"""Each shape over a real crawl of a real server on loopback."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from conftest import Answer, Command, Site, last_line
from files import pdf, word
from pages import documents_by_path

import kb
from kb.keep.crawled import Link

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."


def urlset(site: Site, *paths: str, lastmod: str = "2026-01-02") -> str:
    entries = "".join(
        f"<url><loc>{escape(site.address + path)}</loc><lastmod>{lastmod}</lastmod></url>"
        for path in paths
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{entries}</urlset>"
    )


def test_sitemaps_are_read_through_robots_index_and_gzip(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{site.address}/a.xml</loc></sitemap>"
        f"<sitemap><loc>{site.address}/b.xml.gz</loc></sitemap></sitemapindex>"
    )
    site.put("/robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site.address}/index.xml\n")
    site.put("/index.xml", index, Content_Type="application/xml")
    site.put("/a.xml", urlset(site, "/work/one", "/news/two"), Content_Type="application/xml")
    packed = gzip.compress(urlset(site, "/work/three").encode())
    site.put("/b.xml.gz", packed, Content_Type="application/gzip")
    for name in ("/work/one", "/news/two", "/work/three"):
        site.page(name, f"Page {name}", ABOUT)
    declare(shape="sitemap", start=[f"{site.address}/"], follow=["/work/"])
    assert last_line(run_kb("crawl")) == "a-site: 2 new, 0 changed, 0 same; ok"
    assert set(documents_by_path(home)) == {"/work/one", "/work/three"}


def test_files_that_a_page_links_to_are_documents_related_to_it(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/list", "A list", ABOUT, links=("/one",))
    site.page("/one", "One", ABOUT, links=("/files/plan.pdf", "/files/plan.docx", "/files/x.zip"))
    site.put(
        "/files/plan.pdf",
        pdf("The plan", ABOUT, "It has five parts."),
        Content_Type="application/pdf",
    )
    site.put(
        "/files/plan.docx", word("The plan in Word", ABOUT), Content_Type="application/octet-stream"
    )
    declare(start=[f"{site.address}/list"])
    done = run_kb("crawl")
    assert last_line(done) == "a-site: 4 new, 0 changed, 0 same; ok", done.stderr
    pages = documents_by_path(home)
    assert pages["/files/plan.pdf"].title == "The plan"
    assert "five parts" in pages["/files/plan.pdf"].text
    assert str(pages["/files/plan.pdf"].published_on) == "2025-03-04"
    assert pages["/files/plan.docx"].title == "The plan in Word"
    assert "mentoring" in pages["/files/plan.docx"].text
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        links = {(row.document, row.file) for row in reading.rows(Link)}
    files = {pages["/files/plan.pdf"].id, pages["/files/plan.docx"].id}
    assert links == {(pages["/one"].id, file) for file in files}


def posts(site: Site, count: int) -> list[dict[str, object]]:
    """Answers in the form that the REST API documents."""
    return [
        {
            "id": number,
            "type": "post",
            "link": f"{site.address}/post-{number}/",
            "date_gmt": "2025-02-03T10:00:00",
            "modified_gmt": "2025-03-04T10:00:00",
            "title": {"rendered": f"Programme {number} &#8211; race equality"},
            "excerpt": {"rendered": "<p>In short.</p>"},
            "content": {
                "rendered": f"<p>{ABOUT} It is number {number}.</p>",
                "protected": number == 3,
            },
        }
        for number in range(1, count + 1)
    ]


def wordpress(site: Site, count: int) -> None:
    """The list routes of `wp/v2`, paged as WordPress pages them."""

    def listed(requests: dict[str, list[str]]) -> Answer:
        per_page, number = 2, int(requests.get("page", ["1"])[0])
        words = requests.get("search", [""])[0]
        every = [p for p in posts(site, count) if words in json.dumps(p)]
        part = every[(number - 1) * per_page : number * per_page]
        total = str(max(1, -(-len(every) // per_page)))
        headers = {"Content-Type": "application/json", "X-WP-TotalPages": total}
        return Answer(json.dumps(part).encode(), 200, headers)

    site.routes["/wp-json/wp/v2/posts"] = listed
    site.put("/wp-json/wp/v2/pages", "[]", Content_Type="application/json")
    for number in range(1, count + 1):
        site.page(f"/post-{number}/", f"Programme {number}", ABOUT, f"It is number {number}.")
    site.put("/sitemap.xml", urlset(site, *(f"/post-{n}/" for n in range(1, count + 1))))


def test_wordpress_is_read_through_its_api_protected_posts_passed_over(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    wordpress(site, 5)
    declare(shape="wordpress", start=[f"{site.address}/"], search=["mentoring", "equality"])
    assert last_line(run_kb("crawl")) == "a-site: 4 new, 0 changed, 0 same; ok"
    pages = documents_by_path(home)
    assert set(pages) == {"/post-1/", "/post-2/", "/post-4/", "/post-5/"}
    one = pages["/post-1/"]
    assert (one.key, one.title) == ("post:1", "Programme 1 – race equality")
    assert str(one.published_on) == "2025-02-03"
    assert one.loaded.summary == "In short."
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 4 same; ok"


@pytest.mark.slow
def test_a_closed_api_is_no_new_site(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    wordpress(site, 2)
    declare(shape="wordpress", start=[f"{site.address}/"])
    run_kb("crawl")
    before = {path: each.id for path, each in documents_by_path(home).items()}
    del site.routes["/wp-json/wp/v2/posts"]
    site.put("/wp-json/wp/v2/posts", '{"code":"rest_forbidden"}', 401)
    done = run_kb("crawl")
    assert ": 0 new" in last_line(done), done.stderr
    assert {path: each.id for path, each in documents_by_path(home).items()} == before


@pytest.mark.slow
def test_a_wordpress_without_api_and_sitemap_is_read_through_its_feed(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/one", "One", ABOUT)
    site.put("/feed/", rss(site, "/one"), Content_Type="application/rss+xml")
    declare(shape="wordpress", start=[f"{site.address}/"])
    done = run_kb("crawl")
    assert done.returncode == 0
    assert last_line(done).startswith("a-site: 1 new, 0 changed, 0 same; ok: 1 closed API")


def rss(site: Site, *paths: str) -> str:
    items = "".join(
        f"<item><title>T</title><link>{site.address}{path}</link><guid>id:{path}</guid>"
        "<pubDate>Tue, 04 Mar 2025 10:00:00 GMT</pubDate></item>"
        for path in paths
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


def test_a_feed_brings_its_pages_and_what_drops_out_of_it_stays(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    for name in ("/one", "/two"):
        site.page(name, f"Page {name}", ABOUT)
    site.put("/feed", rss(site, "/one", "/two"), Content_Type="application/rss+xml")
    declare(shape="feed", start=[f"{site.address}/feed"])
    assert last_line(run_kb("crawl")) == "a-site: 2 new, 0 changed, 0 same; ok"
    one = documents_by_path(home)["/one"]
    assert one.key == "id:/one"
    assert (str(one.published_on), one.loaded.published_from) == ("2025-03-04", "source")
    site.put("/feed", rss(site, "/two"), Content_Type="application/rss+xml")
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 2 same; ok"
    assert {each.state for each in documents_by_path(home).values()} == {"live"}


@pytest.mark.slow
def test_a_renamed_key_is_the_same_document(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/one", "One", ABOUT)
    site.put("/feed", rss(site, "/one"), Content_Type="application/rss+xml")
    declare(shape="feed", start=[f"{site.address}/feed"])
    run_kb("crawl")
    renamed = rss(site, "/one").replace("id:/one", "another-id")
    site.put("/feed", renamed, Content_Type="application/rss+xml")
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 1 same; ok"
    assert len(documents_by_path(home)) == 1


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><id>tag:x,1</id>
<link href="{address}/one"/><updated>2025-03-04T10:00:00Z</updated></entry></feed>"""
OLD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://my.netscape.com/rdf/simple/0.9/"><item><title>T</title>
<link>{address}/one</link></item></rdf:RDF>"""


@pytest.mark.slow
@pytest.mark.parametrize("text", [ATOM, OLD])
def test_atom_and_the_oldest_rss_are_feeds_too(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], text: str
) -> None:
    site.page("/one", "One", ABOUT)
    site.put("/feed", text.format(address=site.address), Content_Type="application/xml")
    declare(shape="feed", start=[f"{site.address}/feed"])
    assert last_line(run_kb("crawl")) == "a-site: 1 new, 0 changed, 0 same; ok"


KNOWN = {"q", "count", "start", "fields", "filter_organisations", "order"}


def govuk(site: Site) -> None:
    """A replica of the two APIs: what it does not know, it answers with 422 as they do."""
    items = {
        f"/government/publications/plan-{number}": {
            "base_path": f"/government/publications/plan-{number}",
            "content_id": f"id-{number}",
            "title": f"Race equality plan {number}",
            "description": f"What plan {number} asks of NHS boards.",
            "first_published_at": "2024-05-06T00:00:00Z",
            "public_updated_at": "2025-06-07T00:00:00Z",
            "details": {
                "body": f"<p>{ABOUT} It is plan {number}.</p>",
                "attachments": [
                    {"attachment_type": "file", "url": f"{site.address}/assets/plan-{number}.pdf"}
                ],
            },
            "links": {"organisations": [{"title": "Department of Plans"}]},
        }
        for number in range(1, 4)
    }
    items["/government/publications/plan-3"]["withdrawn_notice"] = {
        "explanation": "<p>Replaced by plan 1.</p>",
        "withdrawn_at": "2025-07-01T00:00:00Z",
    }

    def searched(requests: dict[str, list[str]]) -> Answer:
        if not set(requests) <= KNOWN:
            return Answer(b'{"error":"Unexpected parameters"}', 422)
        begin = int(requests.get("start", ["0"])[0])
        results = [{"link": path} for path in items][begin : begin + int(requests["count"][0])]
        return Answer(json.dumps({"results": results, "total": len(items)}).encode())

    site.routes["/api/search.json"] = searched
    for number, (path, item) in enumerate(items.items(), 1):
        site.put(
            f"/api/content{path}",
            json.dumps(item),
            Content_Type="application/json",
            ETag=f'"{number}"',
        )
        site.put(
            f"/assets/plan-{number}.pdf",
            pdf(f"Plan {number}", ABOUT),
            Content_Type="application/pdf",
        )


def test_govuk_is_read_through_its_apis(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    govuk(site)
    declare(
        shape="govuk",
        start=[f"{site.address}/"],
        search=["race equality", "racism"],
        organisations=["dhsc"],
    )
    done = run_kb("crawl")
    assert last_line(done) == "a-site: 6 new, 0 changed, 0 same; ok", done.stderr
    one = documents_by_path(home)["/government/publications/plan-1"]
    assert one.key == "id-1"
    assert one.title == "Race equality plan 1"
    assert one.loaded.summary == "What plan 1 asks of NHS boards."
    assert "Department of Plans" in one.text
    assert str(one.published_on) == "2024-05-06"
    withdrawn = documents_by_path(home)["/government/publications/plan-3"].text
    assert "Withdrawn on 2025-07-01" in withdrawn
    assert "Replaced by plan 1" in withdrawn
    site.answered.clear()
    assert last_line(run_kb("crawl")) == "a-site: 0 new, 0 changed, 6 same; ok"
    assert [s for path, s in site.answered if path.startswith("/api/content")] == [304] * 3


@pytest.mark.slow
def test_a_source_searched_by_hand_is_never_crawled(
    site: Site, run_kb: Command, declare: Callable[..., None]
) -> None:
    declare(shape="by-hand")
    done = run_kb("crawl", "a-site")
    assert done.returncode == 1
    assert "kb sources looked a-site" in done.stderr
    assert "nothing to crawl" in run_kb("crawl").stderr
