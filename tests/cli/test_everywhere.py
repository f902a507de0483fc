"""`kb search --everywhere`: for those who ask what is held of them."""

import json

from conftest import Command


def test_every_place_is_listed_with_what_is_around_it(run_kb: Command) -> None:
    run_kb("tag", "race-equality-week", "status=ended", "--by", "quillfeather")
    output = json.loads(run_kb("search", "--everywhere", "Quillfeather", "-f", "json").stdout)
    assert [(row["table"], row["column"], row["text"]) for row in output] == [
        ("act", "by", "quillfeather")
    ]
    assert run_kb("search", "--everywhere", "x").returncode == 1


def test_nothing_that_narrows_is_ignored_and_the_words_are_said_as_they_were_read(
    run_kb: Command,
) -> None:
    for more in (["--role", "support"], ["--organisation", "CQC"], ["--region", "London"]):
        done = run_kb("search", "--everywhere", "Kline", *more)
        assert done.returncode == 2
        assert "--everywhere" in done.stderr
    done = run_kb("search", "--everywhere", "Kline OR Coghill")
    assert "word for word: Kline OR Coghill" in done.stderr
