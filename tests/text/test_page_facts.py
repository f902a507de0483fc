"""What kind of page it is, and what made it so."""

import pytest

from kb.declare.page_kinds import NAMED_THING, NO_HEALTH, SPEECH_MARK, PageKind
from kb.text.page_facts import facts_of

TEXT = "The trust runs mentoring for its nurses and its patients' council in Leeds."


@pytest.mark.parametrize(
    ("title", "path", "kind"),
    [
        ("News", "/about", PageKind.list_page),
        ("Latest news", "/", PageKind.list_page),
        ("Jobs", "/work-for-us", PageKind.list_page),
        ("Tag: anti-racism", "/x", PageKind.list_page),
        ("Race equality lead", "/vacancies/lead", PageKind.vacancy),
        ("Board papers", "/x", PageKind.meeting),
        ("Gender pay gap report 2025", "/x", PageKind.return_),
        ("WRES data and action plan", "/x", PageKind.return_),
        ("Dignity at work policy", "/x", PageKind.policy),
        ("Why we talk", "/blogs/why-we-talk", PageKind.blog),
        ("Charter launched", "/news/charter-launched", PageKind.news),
        ("Charter launched", "/2024/06/charter-launched", PageKind.news),
        ("Anti-racism conference 2025", "/x", PageKind.event),
        ("Our response to the review", "/x", PageKind.statement),
        ("The leadership mentoring programme", "/programmes/mentoring", PageKind.programme),
        ("About our name", "/about-news-and-jobs", PageKind.page),
        ("Who we are", "/about", PageKind.page),
    ],
)
def test_a_page_is_told_by_its_title_and_address(title: str, path: str, kind: PageKind) -> None:
    facts = facts_of(title, "", TEXT, url=f"https://a.example{path}")
    assert facts.kind == kind
    assert facts.why


def test_a_page_of_links_leads_to_others_and_a_file_is_a_document() -> None:
    assert facts_of("Our work", "", TEXT, link_share=0.9).kind == PageKind.list_page
    assert facts_of("Our work", "", TEXT, link_share=0.4).kind == PageKind.page
    file = facts_of("Our work", "", TEXT, media_type="application/pdf")
    assert file.kind == PageKind.document


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Race equality", "/tag/race-equality/"),
        ("Race equality", "/tag/race/page/2"),
        ("Race equality", "/category/race/"),
        ("Race equality", "/?tag=race"),
        ("Work with us", "/careers"),
        ("What is new", "/news/page/2/"),
        ("Race equality Archives", "/race"),
        ("Celebrating nurses – page 3", "/nurses"),
    ],
)
def test_what_stands_on_a_shelf_leads_on_where_its_links_say_so_too(title: str, path: str) -> None:
    url = f"https://a.example{path}"
    assert facts_of(title, "", TEXT, url=url, link_share=0.4).kind == PageKind.list_page
    assert facts_of(title, "", TEXT, url=url, link_share=0.05).kind != PageKind.list_page
    assert facts_of(title, "", TEXT, url=url).kind != PageKind.list_page


@pytest.mark.parametrize(
    ("title", "path", "kind"),
    [
        ("A to Z of anti-racism: a toolkit for NHS trusts", "/x", PageKind.programme),
        ("Topic guide: anti-racist practice for midwives", "/x", PageKind.programme),
        ("Black Cultural Archives", "/x", PageKind.page),
        ("Author programme: Black writers in nursing", "/x", PageKind.programme),
        ("Anti-racism framework for maternity", "/topic/anti-racism", PageKind.programme),
        ("Workforce race equality standard: a guide to the data", "/x", PageKind.programme),
        ("Gender and ethnicity mentoring programme", "/x", PageKind.programme),
        ("Mentoring scheme", "/careers/mentoring-scheme", PageKind.programme),
        ("Race equality toolkit", "/policy/toolkit", PageKind.programme),
        ("No comment: an anti-racism campaign", "/x", PageKind.programme),
    ],
)
def test_a_thing_with_a_name_is_no_shelf_and_no_paper(
    title: str, path: str, kind: PageKind
) -> None:
    assert facts_of(title, "", TEXT, url=f"https://a.example{path}", link_share=0.1).kind == kind


def test_a_file_is_never_a_list_page() -> None:
    url = "https://a.example/topics/anti-racism-toolkit.pdf"
    assert facts_of("News", "", TEXT, url=url, media_type="application/pdf").kind != (
        PageKind.list_page
    )


def test_two_forms_make_a_vacancy_and_one_does_not() -> None:
    assert facts_of("Lead", "", f"{TEXT} Closing date: 3 May. Salary: band 7.").kind == (
        PageKind.vacancy
    )
    assert facts_of("Lead", "", f"{TEXT} Closing date: 3 May.").kind == PageKind.page


def test_marks_tell_how_a_page_speaks() -> None:
    said = "She said it was right. He told us. They added more and said so. " * 3
    assert SPEECH_MARK in facts_of("A", "", said).marks
    assert SPEECH_MARK not in facts_of("A", "", TEXT).marks
    assert NO_HEALTH in facts_of("A", "", "Police officers meet.").marks
    assert facts_of("A", "", TEXT).of_health
    assert NAMED_THING in facts_of("A toolkit for boards", "", TEXT).marks


def test_an_empty_page_is_a_page() -> None:
    facts = facts_of("", "", "")
    assert (facts.kind, facts.speech) == (PageKind.page, 0.0)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Archive: race equality mentoring", "programme"),
        ("Topic for boards: race equality toolkit", "programme"),
        ("Careers in nursing for ethnic minority staff", "page"),
        ("Jobs and mentoring", "programme"),
        ("News and events", "list page"),
        ("Workforce Race Equality Standard (WRES) 2023", "return"),
        ("Minutes of the Race Equality Network", "meeting papers"),
        ("Anti-Racism Policy - Barts Health NHS Trust", "policy"),
    ],
)
def test_a_title_alone_makes_no_list_of_a_thing(title: str, kind: str) -> None:
    assert facts_of(title, "", "Words of some kind.", link_share=0.05).kind == kind


def test_what_may_be_a_list_is_one_by_its_links() -> None:
    assert facts_of("News from Leeds", "", "Words.", link_share=0.5).kind == "list page"
    assert facts_of("News from Leeds", "", "Words.", link_share=0.05).kind != "list page"


def test_two_bands_are_one_sign_of_a_vacancy() -> None:
    text = "A race equality programme for nurses of band 6 and band 7."
    assert facts_of("Leadership development programme", "", text).kind == "programme"
