"""The public names, and what may be loaded to reach them."""

import json
import subprocess
import sys
from pathlib import Path

import kb

HEAVY = ("sqlmodel", "sqlalchemy", "scrapy", "typer", "sklearn", "whoosh", "pydantic")


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that a fresh Python has loaded after running this."""
    code = f"{arguments[0]}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments[1:]],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in json.loads(out.stdout.splitlines()[-1])}


def test_all_names_what_is_public_and_each_can_be_had() -> None:
    assert sorted(kb.__all__) == kb.__all__
    assert set(kb.__all__) == set(kb._WHERE)
    for name in kb.__all__:
        assert getattr(kb, name).__name__ == name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(kb, "Nothing")


def test_importing_kb_loads_nothing_heavy() -> None:
    assert loaded_by("import kb").isdisjoint(HEAVY)


def test_searching_loads_neither_the_store_nor_the_crawler(home: Path) -> None:
    code = "import sys\nfrom kb.cli import main\ntry: main(sys.argv[1:])\nexcept SystemExit: pass"
    names = loaded_by(code, "--home", str(home), "search", "mentoring", "-f", "jsonl")
    assert names.isdisjoint({"sqlmodel", "sqlalchemy", "scrapy", "twisted", "sklearn", "rich"})


def test_the_readme_example_of_python_works(home: Path) -> None:
    with kb.connect(home) as base:
        assert {row.strand: row.position for row in base.assess.gaps().rows}
