"""What is taken out is nowhere any longer; what is held of somebody is found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Command, Site
from pages import held

import kb
from kb.contract import Page
from kb.errors import Refused
from kb.keep.archive import Archive, erase, recall, records_of
from kb.keep.decisions import Decision, Level

SECRET = "Zebediah Quillfeather spoke of what had been done to him on the ward."
TEXT = f"The race equality programme meets six times a year. {SECRET} It is open to every trust."


def everywhere_on_disk(home: Path, words: str) -> list[str]:
    """The files of the home that hold the words, as they lie there."""
    return [
        str(path)
        for path in home.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_a_page_is_forgotten_in_store_index_and_archive(
    site: Site, home: Path, run_kb: Command, declare: object
) -> None:
    declare(start=[f"{site.address}/list"])  # type: ignore[operator]
    site.page("/list", "List", links=("/one",))
    site.page("/one", "Race equality programme", TEXT)
    run_kb("crawl")
    with kb.connect(home, by="ana") as base:
        name = base.workspace.document_at(f"{site.address}/one")
    assert name
    assert everywhere_on_disk(home, "Quillfeather")
    assert run_kb("forget", name, "--why", "erasure was wanted", "--yes").returncode == 0
    assert everywhere_on_disk(home, "Quillfeather") == []
    site.page("/one", "Race equality programme", TEXT, "It meets again.")
    run_kb("crawl", "--fresh")
    assert everywhere_on_disk(home, "Quillfeather") == []
    with kb.connect(home) as base:
        assert base.register.everywhere("Quillfeather").rows == []
        assert [row.table for row in base.register.everywhere("erasure was wanted").rows] == ["act"]
        assert base.register.document(name).page.text == "[removed]"
    assert run_kb("undo").returncode == 1


def test_a_passage_goes_with_the_quotes_that_hold_it_and_stays_away(
    base: kb.KnowledgeBase, home: Path
) -> None:
    name = held(base, "one", TEXT)
    slug = base.screen.decide([name], Decision.include)[0].initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england"])
    base.assess.assess(slug, "talent", Level.overlaps, quote=SECRET)
    base.register.forget(name, passage="Zebediah Quillfeather", why="asked for")
    shown = base.register.document(name).page.text
    assert "Quillfeather" not in shown
    assert "open to every trust" in shown
    assert base.register.initiative(slug).assessments[0].quote == "[removed]"
    held(base, "one", TEXT + " More is said.")
    assert "Quillfeather" not in base.register.document(name).page.text
    assert everywhere_on_disk(home, "Quillfeather") == []


def test_a_reason_and_a_passage_that_is_there_are_needed(base: kb.KnowledgeBase) -> None:
    name = held(base, "one", TEXT)
    with pytest.raises(Refused, match="why"):
        base.register.forget(name, why=" ")
    with pytest.raises(Refused, match="does not hold"):
        base.register.forget(name, passage="nobody said this", why="asked for")
    assert base.register.document(name).page.text == TEXT


def test_everywhere_finds_pages_reasons_and_people(base: kb.KnowledgeBase) -> None:
    name = held(base, "one", TEXT)
    base.screen.decide([name], "exclude", reason="mention-only", why="Quillfeather asked us to")
    matches = {(row.table, row.column_) for row in base.register.everywhere("quillFEATHER").rows}
    assert {("revision", "text"), ("screening", "why"), ("act", "why")} <= matches
    assert {row.table for row in base.register.everywhere("ana").rows} >= {"act", "screening"}


# warcio leaves its temporary file to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_records_are_erased_one_after_the_other(tmp_path: Path) -> None:
    kept = Archive(tmp_path, "a-site", 1)
    places = {}
    for name in ("one", "two", "three", "four"):
        body = f"<p>{name} </p>".encode() * 9000
        url = f"https://a.example/{name}"
        places[name] = kept.append(
            records_of(
                Page(
                    source="a-site",
                    key=name,
                    url=url,
                    fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
                    status=200,
                    media_type="text/html",
                    body=body,
                )
            )
        )
    kept.close()
    file = tmp_path / "a-site" / "000001.warc.gz"
    with file.open("ab") as half:
        half.write(file.read_bytes()[:40])  # a crawl that was killed
    for name in ("two", "three", "one"):
        assert erase(tmp_path, "a-site", {f"https://a.example/{name}"}) == 1
        assert erase(tmp_path, "a-site", {f"https://a.example/{name}"}) == 0
    assert recall(tmp_path, places["four"]).startswith(b"<p>four")
