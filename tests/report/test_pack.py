"""Packs: what each reader gets, the same bytes twice, and a changed byte named."""

import csv
import hashlib
import io
import json
import random
import zipfile
from pathlib import Path

import pytest
from pages import held

import kb
from kb.base import KnowledgeBase
from kb.errors import Refused, Unknown
from kb.keep.decisions import Decision, Level
from kb.report.pack_files import verify, write_pack

QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE, why="secret reason")
    return base


def read(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


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
        start = archive.getinfo("gaps.csv").header_offset + 60
    changed = bytearray(whole)
    changed[start] ^= 1
    path.write_bytes(bytes(changed))
    assert verify(path) == ["gaps.csv: damaged"]


def test_partners_and_the_public_see_no_reasons_names_proposals_or_offer(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    wording = [strand.what for strand in filled.workspace.declarations.offer.strand]
    for reader in ("partner", "public"):
        path = tmp_path / f"{reader}.zip"
        write_pack(path, filled.report.pack(reader))
        with zipfile.ZipFile(path) as archive:
            assert "briefing.docx" not in archive.namelist()
            everything = b"".join(map(archive.read, archive.namelist())).decode()
        assert "secret reason" not in everything
        assert not any(each in everything for each in wording)
        assert filled.workspace.declarations.offer.strand[1].name not in everything
        rows = read(path, "overlaps.csv")
        assert [row["basis"] for row in rows] == ["confirmed"]
        assert rows[0]["assessed_by"] == "policy officer"
        assert "made_by" not in rows[0]
        # Nothing else tells which strand an initiative is merely proposed for.
        assert "with" not in read(path, "gaps.csv")[0]
        assert "strands" not in read(path, "initiatives.csv")[0]
        assert len(rows[0]["quote"]) <= 300
    write_pack(tmp_path / "with.zip", filled.report.pack("partner", with_offer=True))
    names = {row["name"] for row in read(tmp_path / "with.zip", "gaps.csv")}
    assert filled.workspace.declarations.offer.strand[0].name in names


def test_each_row_says_what_it_rests_on(filled: KnowledgeBase, tmp_path: Path) -> None:
    write_pack(tmp_path / "b.zip", filled.report.pack("board"))
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert "briefing.docx" in archive.namelist()
    (row,) = [each for each in manifest["rows"] if each["sha256"]]
    assert row["strand"] == "peer-learning"
    assert len(row["sha256"]) == 64
    assert row["fetched_at"]
    assert len(manifest["rows"]) == len(filled.assess.overlaps().rows)


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
    with zipfile.ZipFile(path) as archive:
        content = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
        page = archive.read("map.html").decode()
    assert "people differ" not in content
    assert '"level":"conflict"' not in content
    assert read(path, "overlaps.csv") == []
    assert "If all proposals held" not in page
    assert "confirmed and proposed" not in page


@pytest.mark.parametrize("manifest", [b"[]", b"{", b'{"files": []}'])
def test_a_forged_manifest_is_named(filled: KnowledgeBase, tmp_path: Path, manifest: bytes) -> None:
    path, forged = tmp_path / "pack.zip", tmp_path / "forged.zip"
    write_pack(path, filled.report.pack("public"))
    seal = hashlib.sha256(manifest).hexdigest().encode()
    with zipfile.ZipFile(path) as held_now, zipfile.ZipFile(forged, "w") as other:
        for name in held_now.namelist():
            content = {"manifest.json": manifest, "manifest.sha256": seal}.get(name)
            other.writestr(name, held_now.read(name) if content is None else content)
    assert verify(forged) == ["manifest.json: tells of no files"]


def test_a_damaged_compressed_member_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gaps.csv", "strand\n" * 900)
    content = bytearray(path.read_bytes())
    content[50] ^= 0xFF
    path.write_bytes(content)
    assert "gaps.csv: damaged" in verify(path)
