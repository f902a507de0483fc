"""The house style of lexicon.toml holds for every sentence of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.declare.files import parse_toml
from kb.declare.lexicon import Lexicon
from kb.home import shipped

ROOT = Path(__file__).parent.parent
LEXICON = parse_toml(shipped("lexicon.toml").read_text(), Lexicon, name="lexicon.toml")


def sentences(path: Path) -> Iterator[str]:
    """What a file says: its strings if it is Python, else all of it."""
    text = path.read_text()
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_style_names_what_to_say() -> None:
    assert LEXICON.style("A network for BAME staff") == ["say 'ethnic minorities', not 'BAME'"]
    assert LEXICON.style("BAMEly put") == []


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for pattern in ("README.md", "CHANGELOG.md", "kb/**/*.py", "kb/report/templates/*")
        for path in ROOT.glob(pattern)
        if "shipped" not in path.parts
    ),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_our_sentences_keep_to_it(path: Path) -> None:
    assert [matches for each in sentences(path) for matches in LEXICON.style(each)] == []
