"""The manual: every command in it is run, and every page is shown."""

import os
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from conftest import Command

from kb.cli.guide import TOPICS, page, shown

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"```(console|sh|toml)\n(.*?)```", re.DOTALL)


def blocks(topic: str, kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(page(topic)) if name == kind]


def commands(topic: str) -> list[str]:
    lines = "".join(blocks(topic, "console")).splitlines()
    assert all(line.startswith("$ ") for line in lines), topic
    return [line.removeprefix("$ ") for line in lines]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_of_a_page_runs_as_it_stands(
    topic: str, made_home: Path, home: Path, tmp_path: Path
) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    program = bin_folder / "kb"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    makes_its_own = any(each.endswith(" init") for each in commands(topic))
    environ = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "KB_USER": "ana"}
    script = ["set -e", f"cd {shlex.quote(str(work if makes_its_own else home))}"]
    for each in commands(topic):
        # The doctor and the check of sources end with 1, or 3, where something is wrong.
        allowed = " || test $? -le 3" if "doctor" in each or "sources check" in each else ""
        script.append(f"{{ {each}; }} > {shlex.quote(str(tmp_path / 'out'))}{allowed}")
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], capture_output=True, text=True, env=environ, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_that_needs_a_connection_exists(topic: str, run_kb: Command) -> None:
    for line in "".join(blocks(topic, "sh")).splitlines():
        words = shlex.split(line, comments=True)
        if not words or words[0] != "kb":
            continue
        done = run_kb(*words[1:], "--help")
        assert done.returncode == 0, line
        for option in [word for word in words if word.startswith("--")]:
            assert option in done.stdout, line


def test_what_the_first_hour_prints_is_what_it_says(run_kb: Command) -> None:
    assert "207 initiatives" in page("first-hour")
    rows = run_kb("status", "-f", "json").stdout
    assert '"initiatives of others": 198' in rows
    assert '"initiatives of our own": 9' in rows


def test_every_page_is_listed_shown_and_shipped(run_kb: Command) -> None:
    listed = run_kb("guide").stdout
    on_disk = {each.name.removesuffix(".md") for each in (files("kb") / "manual").iterdir()}
    assert on_disk == set(TOPICS)
    readme = (ROOT / "README.md").read_text()
    for topic in TOPICS:
        assert f"kb guide {topic}" in listed
        assert f"(kb/manual/{topic}.md)" in readme
        done = run_kb("guide", topic)
        assert done.returncode == 0
        assert "**" not in done.stdout
        assert page(topic).splitlines()[0].removeprefix("# ") in done.stdout
    refused = run_kb("guide", "frist-hour")
    assert (refused.returncode, "first-hour" in refused.stderr) == (1, True)


def test_every_reference_to_a_page_leads_to_one() -> None:
    for topic in TOPICS:
        for name in re.findall(r"kb guide ([a-z-]+)", page(topic)):
            assert name in TOPICS, (topic, name)


def test_paragraphs_are_shown_whole_and_blocks_as_they_are() -> None:
    text = "# Title\n\nOne line\nand **another**.\n\n```sh\nkb gaps\n```\n- a\n  b\n"
    assert [line for line in shown(text) if line] == [
        "Title", "One line and another.", "    kb gaps", "- a b",
    ]  # fmt: skip


@pytest.mark.parametrize("text", blocks("running", "toml"))
def test_the_settings_shown_load(text: str, home: Path, run_kb: Command) -> None:
    (home / "upkeep.toml").write_text(text)
    assert "upkeep.toml" not in run_kb("doctor").stdout
