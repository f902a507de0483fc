"""`kb review` and `kb assess` as a person has them: through a pseudo-terminal, and by lines."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from pages import held
from terminals import Open, lines

import kb

PAGE = (
    "Chairs and chief executives of NHS trusts meet six times a year to talk about race equality. "
    "The programme is open to every trust in England and was launched in 2021. "
    "Those who took part say that mentoring changed how their boards decide."
)
pytestmark = pytest.mark.slow  # each starts kb and waits for what it shows


def page(home: Path, key: str = "one", text: str = PAGE, **more: object) -> str:
    with kb.connect(home, by="ana") as base:
        return held(base, key, text, **more)


def test_one_initiative_from_the_inbox_to_assessed(home: Path, terminal: Open) -> None:
    page(home)
    output = terminal("review", "--assess")
    output.expect("1 of 1")
    output.expect("programme one")
    output.expect("[i]nclude")
    output.type("i")
    output.expect("title [")
    output.type("Chairs talk\n")
    output.expect("organisation")
    output.type("nhs englnd\n")
    output.expect("nearest:")
    output.type("1\n")
    output.expect("role")
    output.type("support\n")
    output.expect("reach")
    output.type("enlgand\n")
    output.expect("did you mean 'england'")
    output.expect("reach")
    output.type("england\n")
    for facet, codes in (("audience", "chairs"), ("means", "conversation"), ("status", "active")):
        output.expect(facet)
        output.type(f"{codes}\n")
    output.expect("1 of 10")
    strand = output.expect("[y]").strip().splitlines()[0].split(":")[0].strip()
    output.type("y")
    for _ in range(3):
        output.expect("[n]o")
        output.type("y")
    output.expect("Open now")
    output.type("y")
    output.expect("Enter: [d]")
    output.type("\r")
    output.expect("quote passage 1-")
    output.type("99\n")
    output.expect("'99' is none of")
    output.type("1\n")
    output.expect("(confirmed)")
    output.expect("2 of 10")
    output.type("N")
    output.expect("no overlap with the 9 strands you have not answered?")
    output.type("y")
    output.expect("1 decided; 0 left")
    assert output.end() == 0
    with kb.connect(home) as base:
        shown = base.register.initiative("race-equality-programme-one")
        stored = shown.stored
        assert stored.profile.title == "Chairs talk"
        assert stored.profile.organisation == "NHS England"
        assert (stored.codes("role"), stored.codes("reach")) == (["support"], ["england"])
        levels = {each.strand: each.level for each in shown.assessments}
        assert levels.pop(strand) == "duplicates"
        assert set(levels.values()) == {"no-overlap"}
        assert len(levels) == 9


def test_a_level_against_the_answers_needs_a_reason(home: Path, terminal: Open) -> None:
    name = page(home)
    with kb.connect(home, by="ana") as base:
        slug = base.screen.decide([name], "include")[0].initiatives[0]
        base.register.tag(slug, ["role=support", "reach=england"])
    output = terminal("assess", slug)
    output.expect("[y]")
    output.type("y")
    for _ in range(4):
        output.expect("[n]o")
        output.type("y")
    output.expect("Enter: [d]")
    output.type("c")
    output.expect("why complements")
    output.type("it costs ten times as much\n")
    output.expect("quote passage")
    output.type("m\n")
    output.expect("from the words")
    output.type("The programme is open\n")
    output.expect("to the words")
    output.type("launched in 2021.\n")
    output.expect("(confirmed)")
    output.type("q")
    output.end()
    with kb.connect(home) as base:
        (assessment,) = base.register.initiative(slug).assessments
        assert assessment.level == "complements"
        assert assessment.why == "it costs ten times as much"
        assert assessment.quote.endswith("was launched in 2021.")


def test_what_was_decided_before_the_line_is_cut_stays(home: Path, terminal: Open) -> None:
    page(home, "one")
    page(home, "two", PAGE.replace("Chairs", "Governors and chairs").replace("six", "nine"))
    output = terminal("review")
    output.expect("[i]nclude")
    output.type("i")
    output.expect("title [")
    output.process.terminate()
    output.end()
    with kb.connect(home) as base:
        assert len(base.screen.inbox().rows) == 1
        assert len(base.register.decisions().rows) == 239  # those of the desk research and this one


def test_letters_exclude_and_z_takes_it_back(home: Path, terminal: Open) -> None:
    page(home, "one")
    page(home, "two", PAGE.replace("Chairs", "Governors and chairs").replace("six", "nine"))
    output = terminal("review", NO_COLOR="1")
    output.expect("[i]nclude")
    output.type("e")
    output.expect("c same-as-other")
    output.type("d")
    output.expect("2 of 2")
    output.expect("[i]nclude")
    assert "\x1b[1" not in output.shown.replace("\x1b[1;7m", "")
    output.type("z")
    output.expect("undone: screen d")
    output.type("q")
    output.end()
    with kb.connect(home) as base:
        assert len(base.screen.inbox().rows) == 2


def test_by_lines_for_a_screen_reader_and_without_a_terminal(home: Path) -> None:
    page(home)
    done = subprocess.run(
        [sys.executable, "-m", "kb", "--home", str(home), "review", "--plain", "--by", "ben"],
        input="x\nw\ne\nd\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "'x' is none of" in done.stdout
    assert "\x1b" not in done.stdout
    assert "1 decided; 0 left" in done.stderr
    with kb.connect(home) as base:
        newest = base.register.decisions().rows[0]
        assert (newest.by, newest.reason) == ("ben", "not-race-equality")


def test_the_criteria_are_those_of_the_protocol(run_kb: Command) -> None:
    output = run_kb("review", "--criteria").stdout
    assert "Which initiatives of others" in output
    assert "mention-only" in output


def coded(home: Path) -> str:
    name = page(home)
    with kb.connect(home, by="ana") as base:
        slug = base.screen.decide([name], "include")[0].initiatives[0]
        base.register.tag(slug, ["role=support", "reach=england"])
    return str(slug)


def test_back_goes_to_the_question_before_and_to_the_strand_before(home: Path) -> None:
    slug = coded(home)
    # yes to the first question, no to the second, back, back to the strand, then no overlap
    done = lines(home, "assess", slug, keys="y y n b b b n q")
    assert done.stdout.count("1 of 10") == 2
    with kb.connect(home) as base:
        (row,) = base.register.initiative(slug).assessments
        assert row.level == "no-overlap"


def test_quit_inside_a_question_stores_nothing_of_it(home: Path) -> None:
    slug = coded(home)
    lines(home, "assess", slug, keys="y y y q")
    with kb.connect(home) as base:
        assert base.register.initiative(slug).assessments == []


def test_a_question_mark_tells_the_keys_and_enter_takes_nothing_unshown(home: Path) -> None:
    slug = coded(home)
    done = lines(home, "assess", slug, keys="?  q")
    assert "q quit; what was said so far stays" in done.stdout
    assert "'' is none of" in done.stdout
    with kb.connect(home) as base:
        assert base.register.initiative(slug).assessments == []


def test_many_at_once_are_asked_about_one_act_and_taken_back_by_one_undo(home: Path) -> None:
    slug = coded(home)
    with kb.connect(home) as base:
        before = base.workspace.store.last_act()
    lines(home, "assess", slug, keys="N n q")
    with kb.connect(home, by="ana") as base:
        assert base.workspace.store.last_act() == before
    assert "no overlap with the 10 strands" in lines(home, "assess", slug, keys="N y").stdout
    with kb.connect(home, by="ana") as base:
        assert len(base.register.initiative(slug).assessments) == 10
        base.register.undo()
        assert base.register.initiative(slug).assessments == []


def test_what_was_decided_is_counted_when_the_line_is_cut(home: Path) -> None:
    page(home)
    done = lines(home, "review", keys="i Chairs")
    assert "1 decided; 0 left" in done.stderr


def test_a_known_initiative_is_offered_by_title_and_body(home: Path) -> None:
    page(home, title="Race Equality Week: what chairs of trusts did")
    done = lines(home, "review", keys="a 99 1")
    offered = [line.strip() for line in done.stdout.splitlines() if line.startswith("1 race")]
    assert offered[0].startswith("1 race-equality-week:")
    assert "there is no 99" in done.stdout
    with kb.connect(home) as base:
        pages = base.register.initiative("race-equality-week").documents
        assert [each.document for each in pages] == ["d1"]


def test_words_of_a_title_find_the_initiative_and_enter_takes_none(home: Path) -> None:
    page(home, title="Something else")
    done = lines(home, "review", keys="a shuri|network  s")
    assert "shuri-network" in done.stdout
    with kb.connect(home) as base:
        assert len(base.screen.inbox().rows) == 1


def test_ten_hits_fit_a_screen(terminal: Open) -> None:
    output = terminal("search", "mentoring", "for", "boards", PAGER="cat")
    output.expect("the first 10 shown")
    output.end()
    shown = [line for line in output.shown.splitlines() if line.strip()]
    assert len(shown) <= 23
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 80 for line in shown)
    assert "mentor" in shown[0].casefold()


def test_a_long_list_goes_through_the_pager_and_a_short_one_does_not(
    home: Path, terminal: Open
) -> None:
    long = terminal("initiatives", PAGER="sed s/^/paged:/")
    long.expect("paged:")
    assert long.end() == 0
    short = terminal("initiatives", "-n", "3", PAGER="sed s/^/paged:/")
    assert short.end() == 0
    assert "paged:" not in short.shown
    off = terminal("initiatives", "--no-pager", PAGER="sed s/^/paged:/")
    off.expect("Race Equality Week")
    assert "paged:" not in off.shown
    none = terminal("initiatives", PAGER="there-is-no-such-pager")
    none.expect("Race Equality Week")


def test_what_was_answered_is_not_overwritten_by_many_at_once(home: Path) -> None:
    slug = coded(home)
    with kb.connect(home, by="ana") as base:
        base.assess.assess(slug, "talent", "overlaps", quote=PAGE.partition(". ")[0])
    assert "the 9 strands" in lines(home, "assess", slug, keys="N y").stdout
    with kb.connect(home) as base:
        levels = {row.strand: row.level for row in base.register.initiative(slug).assessments}
        assert levels["talent"] == "overlaps"
        assert len(levels) == 10


def test_z_takes_back_nothing_from_before_the_session(home: Path) -> None:
    page(home)
    with kb.connect(home, by="ana") as base:
        base.register.edit("race-equality-week", ["title=Another title"])
    done = lines(home, "review", keys="z q")
    assert "not undone: nothing was decided since" in done.stdout
    with kb.connect(home) as base:
        week = base.register.initiative("race-equality-week").stored
        assert week.profile.title == "Another title"


def test_going_back_shows_what_stands_and_puts_the_new_answer_in_its_place(home: Path) -> None:
    page(home)
    # title; organisation; role; reach; back; back; then both anew; audience, back, another
    done = lines(
        home,
        "review",
        keys="i Chairs|talk CQC support england b b support outside boards b chairs q",
    )
    assert "reach [england]" in done.stdout
    assert "audience [boards]" in done.stdout
    with kb.connect(home) as base:
        stored = base.register.initiative("race-equality-programme-one").stored
        assert stored.profile.title == "Chairs talk"
        assert stored.codes("reach") == ["outside"]
        assert stored.codes("audience") == ["chairs"]
