"""Which initiatives are one: by title, body and what a page names."""

import json
import random
import re
from collections.abc import Iterator

import pytest
from conftest import Command
from pages import held

import kb
from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.screen.duplicates import copies, named
from kb.screen.identity import Kinship, Named, Similarities
from kb.text.shingles import groups, shingles_of
from kb.text.signature import signature

BODIES = Declarations.of(Home(shipped("offer.toml").parent)).bodies
ROWS = [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()]
SIMILARITIES = Similarities(row["title"] for row in ROWS)
TIMES = 5


def of(title: str, organisation: str, text: str = "") -> Named:
    return named(BODIES, title, organisation, text)


def retold(title: str, chance: random.Random) -> str:
    """The title as another page of its body might have it."""
    words = title.split()
    how = chance.choice(["drop", "typo", "turn", "suffix", "prefix", "short", "capitals"])
    if how == "drop" and len(words) > 3:
        del words[chance.randrange(len(words))]
    elif how == "typo":
        longest = max(range(len(words)), key=lambda at: len(words[at]))
        word, at = words[longest], chance.randrange(1, max(2, len(words[longest]) - 1))
        words[longest] = word[:at] + word[at + 1 :]
    elif how == "turn":
        at = chance.randrange(len(words))
        words = words[at:] + words[:at]
    elif how == "suffix":
        words += chance.choice(["programme", "2024", "- apply now", "| Our work"]).split()
    elif how == "prefix":
        words = chance.choice(["The", "Our", "About the", "Launch of the"]).split() + words
    elif how == "short":
        opening = re.split(r"[:(–]", title)[0].split()
        words = opening if len(opening) > 1 else words
    else:
        words = [word.upper() for word in words]
    return " ".join(words)


def pairs(chance: random.Random) -> Iterator[tuple[bool, Named, Named]]:
    """True pairs: a title retold at its body. False ones: elsewhere, or another of the body."""
    organisations = sorted({row["organisation"] for row in ROWS})
    for place, row in enumerate(ROWS):
        known = of(row["title"], row["organisation"])
        for _ in range(TIMES):
            yield True, of(retold(row["title"], chance), row["organisation"]), known
            elsewhere = of(row["title"], chance.choice(organisations))
            if elsewhere.body != known.body:
                yield False, elsewhere, known
        for other in ROWS[place + 1 :]:
            beside = of(other["title"], other["organisation"])
            if beside.body == known.body:
                yield False, beside, known


def test_the_same_at_one_body_is_found_and_the_same_title_elsewhere_is_not() -> None:
    output = [(same, SIMILARITIES.of(a, b).same) for same, a, b in pairs(random.Random(20261123))]
    right = sum(same and sentences for same, sentences in output)
    assert right / sum(sentences for _, sentences in output) >= 0.95
    assert right / sum(same for same, _ in output) >= 0.85


def test_a_pledge_at_another_trust_is_another_pledge() -> None:
    similarity = SIMILARITIES.of(
        of("Anti-racism pledge", "Some Trust"), of("Anti-racism pledge", "Another Trust")
    )
    assert not similarity.same
    assert "another body: Another Trust" in similarity.reasons


def test_a_body_that_takes_on_a_scheme_is_an_adopter() -> None:
    page = of(
        "How we work against racism",
        "Some Trust",
        "We have joined the Race Equality Code, the framework of Governance Forum.",
    )
    similarity = SIMILARITIES.of(page, of("Race Equality Code", "Governance Forum"))
    assert similarity.adopts
    assert not similarity.same


def test_a_title_and_its_acronym_are_alike() -> None:
    whole = of("Medical Workforce Race Equality Standard", "NHS England")
    assert SIMILARITIES.of(of("MWRES explained", "NHS England"), whole).same


PAGE = (
    "Chairs and chief executives of forty trusts meet six times a year to talk frankly about race "
    "and to plan what their boards will do before they meet again. The programme began on "
    "{day} and is open to every trust in England that sends two members of its board."
)


@pytest.mark.parametrize(
    ("other", "copied"),
    [
        (PAGE.format(day="3 May 2025"), True),
        (PAGE.format(day="2019-01-02").upper(), True),
        (PAGE.format(day="3 May 2025") + " Print this page.", True),
        ("Chairs of trusts meet. " * 12, False),
        (" ".join(reversed(PAGE.split())), False),
        ("", False),
    ],
)
def test_a_copy_is_known_by_its_shingles_of_words(other: str, copied: bool) -> None:
    texts = {1: PAGE.format(day="1 June 2020"), 2: other}
    signatures = {number: signature(text) for number, text in texts.items()}
    assert groups(signatures, texts.__getitem__) == ([[1, 2]] if copied else [])


def test_a_text_too_short_to_tell_has_no_runs() -> None:
    assert shingles_of("a few words") == frozenset()
    assert signature("a few words") == b""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("WRES data report 2023", "WRES data report 2024"),
        ("Board development programme, cohort 1", "Board development programme, cohort 2"),
        ("Too hot to handle: part one", "Too hot to handle: part two"),
        ("Shattered hopes", "Shattered hopes, phase 2"),
    ],
)
def test_titles_that_differ_in_a_number_or_a_part_are_kin(one: str, other: str) -> None:
    similarity = SIMILARITIES.of(of(one, "NHS England"), of(other, "NHS England"))
    assert not similarity.same
    assert similarity.kinship == Kinship.kin


def test_a_name_that_holds_another_s_is_that_of_a_part() -> None:
    whole = of("Workforce Race Equality Standard", "NHS England")
    part = SIMILARITIES.of(of("Bank Workforce Race Equality Standard", "NHS England"), whole)
    assert part.part
    assert not part.same
    explained = of("The Workforce Race Equality Standard explained", "NHS England")
    beside = SIMILARITIES.of(explained, whole)
    assert beside.same
    subtitle = SIMILARITIES.of(
        of("Workforce Race Equality Standard: what trusts report", "NHS England"), whole
    )
    assert subtitle.same


def test_a_scheme_under_its_own_name_at_another_body_is_taken_on_there() -> None:
    title = "Patient and Carer Race Equality Framework"
    at_a_trust = SIMILARITIES.of(of(title, "Some Trust"), of(title, "NHS England"))
    assert at_a_trust.adopts
    assert not at_a_trust.same


def test_short_pages_of_one_text_are_one_and_reports_of_two_years_are_two(
    base: kb.KnowledgeBase,
) -> None:
    charter = "We sign the race equality charter and publish what we do each year."
    report = f"{PAGE.format(day='3 May 2025')} Race equality data of the board: {{}} per cent."
    names = [
        held(base, "charter", charter, title="Race equality charter"),
        held(base, "copy", charter, title="Race equality charter"),
        held(base, "r24", report.format(17), title="WRES report 2024"),
        held(base, "r25", report.format(19), title="WRES report 2025"),
    ]
    with base.snapshot() as now:
        every = copies(now, now.pages)
    assert [f"d{number}" for number in every[1]] == names[:2]
    assert 3 not in every
    assert 4 not in every


def test_a_likely_double_is_said_before_one_is_made(
    base: kb.KnowledgeBase, run_kb: Command
) -> None:
    publishers = base.workspace.declarations.publishers
    of_body = {body: source for source, body in publishers.items()}
    known = next(row for row in base.register.list().rows if row.organisation in of_body)
    name = held(base, "known", PAGE, title=known.title, source=of_body[known.organisation])
    base.close()
    done = run_kb("screen", name, "include", "--by", "ana")
    assert f"{name} may be one with {known.slug}" in done.stderr
    assert f"--as {known.slug}" in done.stderr
    assert done.returncode == 0
