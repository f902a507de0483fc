"""What a newer kb ships against what a home has: who changed it, and taking it over."""

from pathlib import Path

import pytest
from conftest import Command

import kb
from kb.errors import Declared, Refused, Unknown
from kb.workspace import newer_declarations
from kb.workspace.newer_declarations import declaration_states, difference, take

FILE = "lexicon.toml"


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that ships another lexicon than the home was made with."""
    folder = tmp_path / "package"
    folder.mkdir()
    for name in newer_declarations.DECLARATIONS:
        (folder / name).write_bytes(newer_declarations.shipped(name).read_bytes())
    (folder / FILE).write_text((folder / FILE).read_text() + "\n# a newer line\n")
    monkeypatch.setattr(newer_declarations, "shipped", lambda name: folder / name)
    return folder


def states(base: kb.KnowledgeBase) -> dict[str, str]:
    return {row.file: str(row.state) for row in declaration_states(base.workspace).rows}


def test_it_is_told_who_changed_a_file(base: kb.KnowledgeBase, home: Path, newer: Path) -> None:
    assert states(base)[FILE] == "newer"
    assert states(base)["protocol.toml"] == "as shipped"
    protocol = home / "protocol.toml"
    protocol.write_text(protocol.read_text() + "\n# ours\n")
    (home / FILE).write_text((home / FILE).read_text() + "\n# ours\n")
    assert states(base)["protocol.toml"] == "edited here"
    assert states(base)[FILE] == "newer, and edited here"
    assert "+# a newer line" in list(difference(base.workspace, FILE))
    with pytest.raises(Unknown, match=r"lexikon\.toml"):
        list(difference(base.workspace, "lexikon.toml"))


def test_what_is_chosen_is_taken_and_what_it_was_is_kept(
    base: kb.KnowledgeBase, home: Path, newer: Path
) -> None:
    before = (home / FILE).read_text()
    assert take(base.workspace, [FILE, "protocol.toml"]) == [FILE]
    assert (home / FILE).read_text() == (newer / FILE).read_text()
    assert (home / f"{FILE}.before").read_text() == before
    assert states(base)[FILE] == "as shipped"


def test_what_staff_edited_is_not_overwritten(
    base: kb.KnowledgeBase, home: Path, newer: Path
) -> None:
    edited = (home / FILE).read_text() + "\n# ours\n"
    (home / FILE).write_text(edited)
    with pytest.raises(Refused, match="edited here"):
        take(base.workspace, [FILE])
    assert (home / FILE).read_text() == edited
    take(base.workspace, [FILE], force=True)
    assert (home / f"{FILE}.before").read_text() == edited


def test_what_would_not_load_is_not_taken(base: kb.KnowledgeBase, home: Path, newer: Path) -> None:
    (newer / FILE).write_text("[[broken")
    before = (home / FILE).read_text()
    with pytest.raises(Declared):
        take(base.workspace, [FILE])
    assert (home / FILE).read_text() == before
    assert not (home / f"{FILE}.before").exists()


def test_the_command_lists_and_takes(run_kb: Command) -> None:
    done = run_kb("declarations", "diff")
    assert done.returncode == 0
    assert "as shipped" in done.stdout
    assert "as shipped" in run_kb("declarations", "take", FILE).stderr
