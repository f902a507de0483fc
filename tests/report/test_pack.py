"""Packs: what each reader gets, the same bytes twice, and a changed byte named."""

import csv
import hashlib
import io
import json
import random
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from pages import held, page, save
from warcio.archiveiterator import ArchiveIterator

import kb
from kb.base import KnowledgeBase
from kb.contract import Exchange
from kb.errors import Refused, Unknown
from kb.keep.archive import Archive, records_of
from kb.keep.decisions import Decision, Level
from kb.report.bag import MANIFEST, TAG_MANIFEST, verify
from kb.report.pack_files import write_pack

QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE, why="secret reason")
    return base


def files(path: Path) -> dict[str, bytes]:
    """What a pack holds, by its name within the bag."""
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def read(path: Path, name: str) -> list[dict[str, str]]:
    text = files(path)[f"data/lists/{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_two_packs_of_one_home_are_the_same_and_whole(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    for reader in ("board", "partner", "public"):
        one, two = tmp_path / f"{reader}1.zip", tmp_path / f"{reader}2.zip"
        write_pack(one, filled.report.pack(reader))
        write_pack(two, filled.report.pack(reader))
        assert one.read_bytes() == two.read_bytes()
        assert verify(one) == []


def test_a_changed_byte_anywhere_is_named(filled: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    write_pack(path, filled.report.pack("public"))
    whole = path.read_bytes()
    chance = random.Random(3)
    for at in [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(60))]:
        changed = bytearray(whole)
        changed[at] ^= 1
        path.write_bytes(bytes(changed))
        try:
            faults = verify(path)
        except Refused as error:
            faults = [str(error)]
        assert faults, at
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("lists/gaps.csv")]
        start = archive.getinfo(name).header_offset + 200
    changed = bytearray(whole)
    changed[start] ^= 1
    path.write_bytes(bytes(changed))
    assert verify(path) == ["data/lists/gaps.csv: damaged"]


def test_partners_and_the_public_see_no_reasons_names_proposals_or_offer(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    wording = [strand.what for strand in filled.workspace.declarations.offer.strand]
    for reader in ("partner", "public"):
        path = tmp_path / f"{reader}.zip"
        write_pack(path, filled.report.pack(reader))
        everything = b"".join(files(path).values()).decode(errors="replace")
        assert "secret reason" not in everything
        assert not any(each in everything for each in wording)
        assert filled.workspace.declarations.offer.strand[1].name not in everything
        rows = read(path, "overlaps")
        assert len(rows) == 1
        assert rows[0]["assessed_by"] == "policy officer"
        assert "made_by" not in rows[0]
        # Nothing else tells which strand an initiative is merely proposed for.
        assert "with" not in read(path, "gaps")[0]
        assert "strands" not in read(path, "initiatives")[0]
        levels = [each for each in ("level", "basis", "quote") if each in rows[0]]
        assert levels == (["level", "basis", "quote"] if reader == "partner" else [])
        assert (QUOTE in everything) is (reader == "partner")
        assert ('"offers the same"' in files(path)["data/map.html"].decode()) is (
            reader == "partner"
        )
    write_pack(tmp_path / "with.zip", filled.report.pack("partner", with_offer=True))
    names = {row["name"] for row in read(tmp_path / "with.zip", "gaps")}
    assert filled.workspace.declarations.offer.strand[0].name in names


def test_each_row_says_what_it_rests_on(filled: KnowledgeBase, tmp_path: Path) -> None:
    write_pack(tmp_path / "b.zip", filled.report.pack("board"))
    captures = read(tmp_path / "b.zip", "captures")
    (row,) = [each for each in captures if each["sha256"]]
    assert row["strand"] == "peer-learning"
    assert len(row["sha256"]) == 64
    assert row["fetched_at"]
    assert len(captures) == len(filled.assess.overlaps().rows)


@pytest.mark.parametrize("reader", ["board", "partner", "public"])
def test_a_pack_stands_alone(filled: KnowledgeBase, tmp_path: Path, reader: str) -> None:
    write_pack(tmp_path / "p.zip", filled.report.pack(reader))
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        archive.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    for manifest in (MANIFEST, TAG_MANIFEST):
        done = subprocess.run(
            ["sha256sum", "-c", manifest], cwd=folder, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "FAILED" in done.stdout) == (0, False), done.stdout
    held_files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    read_me = (folder / "READ-ME.txt").read_text()
    assert {"bagit.txt", "bag-info.txt", "data/briefing.docx", "data/map.html"} <= held_files
    for name in held_files:
        if name.startswith("data/"):
            assert name.removeprefix("data/") in read_me
    assert not re.search(r"\bkb\b", read_me)
    docx.Document(str(folder / "data/briefing.docx"))
    assert "About" in openpyxl.load_workbook(folder / "data/lists.xlsx").sheetnames
    crate = json.loads((folder / "data/ro-crate-metadata.json").read_text())
    by_id = {each["@id"]: each for each in crate["@graph"]}
    assert by_id["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.3"}
    root = by_id["./"]
    assert {each["@id"] for each in root["hasPart"]} | {"ro-crate-metadata.json"} == {
        name.removeprefix("data/") for name in held_files if name.startswith("data/")
    }
    assert by_id[root["license"]["@id"]]["name"]
    assert by_id[root["author"]["@id"]]["name"] == filled.workspace.declarations.offer.offer.owner
    for part in root["hasPart"]:
        content = (folder / "data" / part["@id"]).read_bytes()
        assert by_id[part["@id"]]["sha256"] == hashlib.sha256(content).hexdigest()
    texts = {
        name: content.decode("utf-8-sig")
        for name, content in files(tmp_path / "p.zip").items()
        if name.endswith(".csv")
    }
    columns = {row["column"] for row in csv.DictReader(texts["data/columns.csv"].splitlines())}
    for name, text in texts.items():
        if name.startswith("data/lists/"):
            assert set(next(csv.reader(text.splitlines()))) <= columns


def test_quotes_are_web_annotations_that_find_their_passage(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    write_pack(tmp_path / "p.zip", filled.report.pack("partner"))
    page = json.loads(files(tmp_path / "p.zip")["data/quotes.jsonld"])
    assert (page["@context"], page["type"]) == (
        "http://www.w3.org/ns/anno.jsonld",
        "AnnotationPage",
    )
    (item,) = page["items"]
    selector = item["target"]["selector"]
    assert (selector["type"], selector["exact"]) == ("TextQuoteSelector", QUOTE)
    assert {"prefix", "suffix"} <= selector.keys()
    assert item["target"]["source"].startswith("https://")
    write_pack(tmp_path / "o.zip", filled.report.pack("public"))
    assert "data/quotes.jsonld" not in files(tmp_path / "o.zip")


def agree(base: KnowledgeBase, day: str) -> None:
    """An agreement with one body on captures."""
    path = base.workspace.home.declaration("bodies.toml")
    text = path.read_text()
    head, named, tail = text.partition('name = "Advance HE"\n')
    assert named
    agreed = f"captures_agreed = {day}\n"
    path.write_text(head + named + agreed + re.sub(r"\Acaptures_agreed.*\n", "", tail))
    base.workspace.reread()


@pytest.fixture
def received(base: KnowledgeBase) -> str:
    """A confirmed assessment of a page that the archive holds as received; its address."""
    body = f"<html><body><p>{QUOTE}</p></body></html>".encode()
    made = page("one", QUOTE)
    sent = Exchange(received=(("Content-Type", "text/html"),), sent=(("Accept", "*/*"),))
    response = made.page.model_copy(update={"body": body, "exchange": sent})
    archive = Archive(base.workspace.home.archive, "a-site", 1)
    archive.append(records_of(response.model_copy(update={"url": "https://b.example/other"})))
    place = archive.append(records_of(response))
    archive.append(records_of(response.model_copy(update={"url": "https://b.example/more"})))
    archive.close()
    (number,) = save(base, replace(made, archived=place))
    base.screen.derive()
    (row,) = base.screen.decide([f"d{number}"], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(slug, "peer-learning", Level.complements, quote=QUOTE)
    return response.url


# warcio leaves the files to the garbage collector in which it reckons a record's digest.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_partner_with_an_agreement_gets_what_was_received(
    base: KnowledgeBase, received: str, tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    without = base.report.pack("partner", recipient="Advance HE")
    assert "no agreement with Advance HE" in without.note
    assert not without.captured
    agree(base, "2999-01-01")
    assert not base.report.pack("partner", recipient="Advance HE").captured
    agree(base, "2020-01-01")
    assert not base.report.pack("partner").captured
    assert not base.report.pack("public", recipient="Advance HE").captured
    write_pack(path, base.report.pack("partner", recipient="Advance HE"))
    content = files(path)["data/captures.wacz"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert all(each.compress_type == zipfile.ZIP_STORED for each in archive.infolist())
        package = json.loads(archive.read("datapackage.json"))
        for each in package["resources"]:
            made = archive.read(each["path"])
            assert (each["bytes"], each["hash"]) == (
                len(made), f"sha256:{hashlib.sha256(made).hexdigest()}",
            )  # fmt: skip
        pages = [json.loads(each) for each in archive.read("pages/pages.jsonl").splitlines()]
        assert [each["url"] for each in pages[1:]] == [received]
        (line,) = archive.read("indexes/index.cdx").decode().splitlines()
        key, stamp, told = line.split(" ", 2)
        fields = json.loads(told)
        warc = archive.read("archive/data.warc.gz")
    assert (key, len(stamp)) == ("example,a)/one", 14)
    assert (fields["url"], fields["status"], fields["mime"]) == (received, 200, "text/html")
    cut = warc[fields["offset"] : fields["offset"] + fields["length"]]
    record = next(ArchiveIterator(io.BytesIO(cut)))
    assert QUOTE in record.content_stream().read().decode()
    kinds = [each.rec_type for each in ArchiveIterator(io.BytesIO(warc))]
    assert kinds == ["response", "request"]
    with pytest.raises(Unknown, match="Nobody"):
        base.report.pack("partner", recipient="Nobody")


def test_what_is_no_pack_is_refused(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no archive")
    with pytest.raises(Refused, match="no whole archive"):
        verify(tmp_path / "x.zip")
    with pytest.raises(Refused, match="cannot read"):
        verify(tmp_path / "none.zip")
    with pytest.raises(Unknown, match="press"):
        base.report.pack("press")


def test_that_staff_differ_is_told_to_nobody_outside(filled: KnowledgeBase, tmp_path: Path) -> None:
    with kb.connect(filled.workspace.home.path, by="ben") as ben:
        slug = next(r.initiative for r in ben.assess.overlaps("peer-learning").rows if r.counted)
        ben.assess.assess(str(slug), "peer-learning", Level.no_overlap, why="not for boards")
        assert "conflict" in [row.level for row in ben.assess.overlaps("peer-learning").rows]
    path = tmp_path / "public.zip"
    write_pack(path, filled.report.pack("public"))
    content = b"".join(files(path).values()).decode(errors="replace")
    page = files(path)["data/map.html"].decode()
    assert "people differ" not in content
    assert '"conflict"' not in content
    assert read(path, "overlaps") == []
    assert "If all proposals held" not in page
    assert "confirmed and proposed" not in page


def test_a_file_or_a_line_that_was_smuggled_in_is_named(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    path, forged = tmp_path / "pack.zip", tmp_path / "forged.zip"
    write_pack(path, filled.report.pack("public"))
    with zipfile.ZipFile(path) as archive:
        (folder,) = {name.partition("/")[0] for name in archive.namelist()}
    told = files(path)
    for name, content, fault in (
        ("data/more.csv", b"x", "data/more.csv: not in a manifest"),
        (MANIFEST, b"what is this", f"{MANIFEST}: changed"),
        (TAG_MANIFEST, b"what is this", f"{TAG_MANIFEST}: a line that is none"),
    ):
        with zipfile.ZipFile(forged, "w") as other:
            for each, bytes_ in (told | {name: content}).items():
                other.writestr(f"{folder}/{each}", bytes_)
        assert any(each.startswith(fault) for each in verify(forged)), name


def test_a_damaged_compressed_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gaps.csv", "strand\n" * 900)
    content = bytearray(path.read_bytes())
    content[50] ^= 0xFF
    path.write_bytes(content)
    assert "gaps.csv: damaged" in verify(path)
