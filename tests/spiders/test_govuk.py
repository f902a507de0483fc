"""GOV.UK: everything an item says in words is read, and a translation is a page of its own."""

import json
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.text import TextResponse

from kb.contract import Page, Source
from kb.errors import BadAnswer
from spiders.govuk import GovukSpider
from spiders.govuk_content import content_html

SITE = "https://www.gov.example"


def spider() -> GovukSpider:
    return GovukSpider(
        source=Source(name="a", organisation="A Body", shape="govuk", start=(f"{SITE}/",))
    )


def item(path: str = "/guidance/race", locale: str = "en", **details: object) -> dict[str, Any]:
    return {
        "base_path": path,
        "content_id": "id-1",
        "locale": locale,
        "title": "Race equality",
        "description": "What employers must do.",
        "public_updated_at": "2025-06-29T23:30:00Z",
        "details": details,
    }


def found(reader: GovukSpider, content: object) -> list[Any]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    response = TextResponse(f"{SITE}/api/content/x", body=body, request=Request(f"{SITE}/x"))
    return list(reader.parse_content(response))


@pytest.mark.parametrize(
    "details",
    [
        {"final_outcome_detail": "<p>The words of it.</p>"},
        {"public_feedback_detail": "The words of it."},
        {"outcome_documents": ["<section><h3>The words of it.</h3></section>"]},
        {"collection_groups": [{"title": "A group", "body": "The words of it.", "documents": []}]},
        {"collection_groups": [{"title": "The words of it.", "documents": ["4f-2a"]}]},
        {"change_history": [{"note": "The words of it.", "public_timestamp": "2025-01-02T00:00Z"}]},
        {"attachments": [{"title": "The words of it.", "url": "/a.pdf", "id": "a.pdf"}]},
        {"nodes": [{"kind": "question", "title": "A question", "body": "The words of it."}]},
        {"parts": [{"title": "Part", "slug": "part", "body": [
            {"content_type": "text/govspeak", "content": "The words of it, plain"},
            {"content_type": "text/html", "content": "<p>The words of it.</p>"}]}]},
        {"body": [{"content_type": "text/govspeak", "content": "The words of it."}]},
        {"more_information": "<p>The words of it.</p>", "email_addresses": ["a@b.example"]},
        {"something": {"new": [{"deep": "The words of it."}]}},
    ],
)  # fmt: skip
def test_whatever_the_details_call_it_it_is_read(details: dict[str, object]) -> None:
    html = content_html(item(**details))
    assert html.count("The words of it") == 1
    assert "What employers must do" not in html


@pytest.mark.parametrize(
    "details",
    [
        {"government": {"title": "2015 government", "slug": "2015-government"}},
        {"image": {"alt_text": "A picture of it", "url": "https://a.example/x.jpg"}},
        {"locale": "en", "political": True, "start": "2025-01-02T00:00:00.000+00:00"},
        {"headers": [{"text": "A heading again", "level": 2}]},
    ],
)
def test_what_is_for_machines_is_not_and_the_description_stands_for_it(
    details: dict[str, object],
) -> None:
    assert content_html(item(**details)) == "<p>What employers must do.</p>"


def test_a_closing_date_that_moves_is_a_change() -> None:
    one, other = (content_html(item(body="Words of it.", closing_date=day)) for day in (
        "2024-03-01T23:45:00.000+00:00", "2024-04-15T23:45:00.000+01:00"))  # fmt: skip
    assert "Closing date: 2024-03-01" in one
    assert one != other


def test_what_a_collection_lists_is_read_by_its_titles() -> None:
    said = item(
        body="Words of it.", collection_groups=[{"title": "A group", "documents": ["3d4c-5f6e"]}]
    )
    html = content_html(
        said | {"links": {"documents": [{"title": "A guide to it"}, 3], "organisations": 5}}
    )
    assert "A guide to it" in html
    assert "3d4c" not in html


@pytest.mark.parametrize("link", ["//[x", "https://[bad/x.pdf"])
def test_a_bad_address_costs_only_itself(link: str) -> None:
    attachments = [{"url": link}, {"url": "/assets/ok.pdf"}]
    (_, file) = found(spider(), item(body="Words of it.", attachments=attachments))
    assert file.url == f"{SITE}/assets/ok.pdf"
    results = {"results": [{"link": link}, {"link": "/ok"}]}
    response = Response(f"{SITE}/api/search.json", body=json.dumps(results).encode())
    assert len(list(spider().parse_results(response, f"{SITE}/", "race", 0))) == 1


def test_details_may_be_of_any_form() -> None:
    for details in (None, [], "words of it", 3, {"body": None}, {"parts": [None, 3]}):
        assert content_html({"details": details, "links": [], "withdrawn_notice": []}) is not None
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"deeper": deep}
    assert content_html({"details": deep}) == ""


def test_text_that_is_none_of_html_is_escaped() -> None:
    html = content_html(item(title="1 < 2", body="if a < b & c"))
    assert html == "<h2>1 &lt; 2</h2><p>if a &lt; b &amp; c</p>"


def test_a_translation_is_a_page_of_its_own_and_keeps_its_key() -> None:
    keys = []
    for _ in range(2):
        reader = spider()
        both = (item(body="In English."), item("/guidance/race.cy", "cy", body="Yn Gymraeg."))
        keys.append([found(reader, each)[0].key for each in both])
    assert keys == [["id-1", "id-1:cy"]] * 2


def test_two_items_of_one_id_do_not_take_turns() -> None:
    reader = spider()
    pages = [found(reader, item(path, body="Words of it."))[0] for path in ("/a", "/b", "/a")]
    assert [page.key for page in pages] == ["id-1", "https://gov.example/b", "id-1"]


def test_the_day_is_that_of_britain() -> None:
    (page,) = (each for each in found(spider(), item(body="Words.")) if isinstance(each, Page))
    assert str(page.updated_on) == "2025-06-30"


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"[]", b'{"title": "x"}', b""])
def test_what_is_no_item_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        found(spider(), body)


@pytest.mark.parametrize(
    ("answer", "more"),
    [
        ({"results": [{"link": "/a"}] * 100}, True),
        ({"results": [{"link": "/a"}] * 99}, False),
        ({"results": [{"link": "/a"}] * 100, "total": 100}, False),
        ({"results": [{"link": "/a"}] * 100, "total": 101}, True),
        ({"results": [3, None, {"link": "/a"}]}, False),
    ],
)
def test_results_are_asked_for_until_fewer_come(answer: dict[str, Any], more: bool) -> None:
    response = Response(f"{SITE}/api/search.json", body=json.dumps(answer).encode())
    requests = list(spider().parse_results(response, f"{SITE}/", "race", 0))
    assert requests[0].url == f"{SITE}/api/content/a"
    assert any("start=100" in request.url for request in requests) == more
