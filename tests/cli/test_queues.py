"""`kb review QUEUE`: each queue walked with wrong keys and cuts; what was said stays."""

from pathlib import Path

import pytest
from conftest import Command, Site
from pages import held
from terminals import Open, lines

import kb
from kb.keep.decisions import Decision, Level
from kb.text import quotes

QUOTES = (
    "Chairs and chief executives of NHS trusts meet six times a year to talk about race equality.",
    "Honest conversations about race and allyship are what the programme is for, says its charter.",
    "Those who took part say that mentoring changed how their boards decide.",
)
PAGE = " ".join(QUOTES)
pytestmark = pytest.mark.slow


def proposal(home: Path, path: str = "one") -> tuple[str, str]:
    """The first proposal of all, with a page of its own; its slug and strand."""
    with kb.connect(home, by="ana") as base:
        slug = base.assess.proposals()[0][0]
        base.register.edit(slug, [f"url=https://a.example/{path}"])
        base.register.tag(slug, ["role=support", "reach=england"])
        held(base, path, PAGE)
        assert base.assess.proposals()[0][0] == slug
        return slug, base.assess.proposals()[0][1]


def said(home: Path, slug: str, strand: str) -> tuple[str, str, str | None]:
    with kb.connect(home) as base:
        rows = base.register.initiative(slug).assessments
        (row,) = [row for row in rows if row.strand == strand and row.by == "ana"]
        return str(row.level), str(row.basis), row.quote


def test_one_key_confirms_a_proposal_on_the_passage_shown(home: Path, terminal: Open) -> None:
    slug, strand = proposal(home)
    output = terminal("review", "proposals")
    shown = output.expect("[s]kip")
    assert slug in shown
    assert strand in shown
    assert "the desk research" in shown
    output.type("x")
    output.expect("'x' is none of")
    output.expect("[s]kip")
    output.type("y")
    output.expect("(confirmed)")
    output.expect("2 of ")
    output.process.terminate()
    output.expect("1 decided")
    output.end()
    _, basis, quote = said(home, slug, strand)
    assert basis == "confirmed"
    assert quote in QUOTES
    with kb.connect(home) as base:
        assert (slug, strand) not in base.assess.proposals()


@pytest.mark.parametrize(
    ("keys", "level", "quote"),
    [
        ("c 2", "complements", 2),
        ("c ", "complements", 1),
        ("n", "no-overlap", None),
        ("b 2", "", 2),
        ("d k Nobody|here decide. d 1", "duplicates", 1),
        ("k Those|who boards|decide.", "", "Those who took part say that mentoring changed"),
    ],
)
def test_other_keys_say_another_level_or_passage(
    home: Path, keys: str, level: str, quote: object
) -> None:
    slug, strand = proposal(home)
    with kb.connect(home) as base:
        card = base.assess.proposal_card(slug, strand)
        assert card is not None
    lines(home, "review", "proposals", keys=f"{keys} q")
    stored = said(home, slug, strand)
    assert stored[0] == (level or card.level)
    if isinstance(quote, int):
        assert stored[2] == card.passages[quote - 1]
    elif quote:
        assert str(stored[2]).startswith(str(quote))


def test_a_proposal_without_a_page_is_fetched_and_then_confirmed(home: Path, site: Site) -> None:
    site.page("/programme", "A programme for boards", *QUOTES)
    with kb.connect(home, by="ana") as base:
        slug, strand = base.assess.proposals()[0]
        base.register.edit(slug, [f"url={site.address}/programme"])
        base.register.tag(slug, ["role=support", "reach=england"])
    done = lines(home, "review", "proposals", keys="y f y q")
    assert "no page of it is held" in done.stdout
    assert "'y' is none of" in done.stdout  # without a page nothing can be confirmed
    assert said(home, slug, strand)[2] in QUOTES


def test_a_page_that_cannot_be_fetched_leaves_the_proposal_where_it_is(
    home: Path, site: Site
) -> None:
    with kb.connect(home, by="ana") as base:
        slug, _ = base.assess.proposals()[0]
        base.register.edit(slug, [f"url={site.address}/none"])
        count = len(base.assess.proposals())
    done = lines(home, "review", "proposals", keys="f s q")
    assert "nothing came of" in done.stderr
    assert done.stdout.count("no page of it is held") == 2  # this one, and the next
    with kb.connect(home) as base:
        assert len(base.assess.proposals()) == count


def test_what_a_walk_confirmed_is_taken_back_by_z_and_asked_again_by_b(home: Path) -> None:
    slug, strand = proposal(home)
    done = lines(home, "review", "proposals", keys="y z q")
    assert "undone: assess" in done.stdout.partition("2 of ")[2]
    assert done.stdout.count("1 of ") == 2  # shown again once it is taken back
    assert "0 decided" in done.stderr
    done = lines(home, "review", "proposals", keys="y b z q")
    assert "it is settled by now" in done.stdout
    with kb.connect(home) as base:
        assert (slug, strand) in base.assess.proposals()


def test_a_passage_that_is_gone_is_refused_and_the_walk_goes_on(home: Path, terminal: Open) -> None:
    slug, strand = proposal(home)
    output = terminal("review", "proposals")
    output.expect("[s]kip")
    with kb.connect(home, by="ben") as base:
        held(base, "one", "All of it is written anew, for chairs of trusts and race equality.")
    output.type("y")
    output.expect("error: the quote")
    output.expect("[s]kip")
    output.type("s")
    output.expect("2 of ")
    output.type("q")
    output.end()
    with kb.connect(home) as base:
        assert (slug, strand) in base.assess.proposals()


def test_those_that_move_a_position_come_first(home: Path) -> None:
    with kb.connect(home) as base:
        cards = [base.assess.proposal_card(*pair) for pair in base.assess.proposals()]
        moves = [bool(card and card.becomes) for card in cards]
        assert any(moves)
        assert moves == sorted(moves, reverse=True)
        waiting = base.report.status()["proposals to confirm"]
    assert waiting == len(cards)


def test_a_conflict_is_settled_with_a_reason(home: Path) -> None:
    with kb.connect(home, by="ana") as base:
        name = held(base, "one", PAGE)
        base.screen.decide([name], Decision.include)
    with kb.connect(home, by="ben") as base:
        base.screen.decide([name], Decision.exclude, reason="mention-only", why="only named")
    done = lines(home, "review", "conflicts", keys="u e  e too|little s")
    assert "ben: exclude, because mention-only; only named" in done.stdout
    assert "'u' is none of" in done.stdout  # nobody said so
    assert "without a reason nothing is stored" in done.stdout
    assert "1 decided; 0 left" in done.stderr
    with kb.connect(home) as base:
        assert base.register.document(name).screening == "exclude"


def test_a_conflict_on_a_strand_shows_the_quotes(home: Path) -> None:
    slug, strand = proposal(home)
    for who, level in (("ana", Level.overlaps), ("ben", Level.complements)):
        with kb.connect(home, by=who) as base:
            base.assess.assess(slug, strand, level, quote=QUOTES[0])
    done = lines(home, "review", "conflicts", keys="g o agreed s")
    assert done.stdout.count(QUOTES[0]) == 2
    assert "https://a.example/one" in done.stdout
    with kb.connect(home) as base:
        assert base.assess.conflicts().rows == []


def test_doubles_are_merged_related_or_remembered_as_two(home: Path) -> None:
    with kb.connect(home) as base:
        first, second, third, *_ = [row for row in base.screen.same().rows if row.b[0] != "d"]
    lines(home, "review", "same", keys="? p n o q")
    with kb.connect(home) as base:
        left = {(row.a, row.b) for row in base.screen.same().rows}
        part = base.register.initiative(second.b if first.b == second.b else first.b)
        assert not {(each.a, each.b) for each in (first, second, third)} & left
        assert part.stored.relations
    with kb.connect(home, by="ana") as base:
        base.register.undo()
        assert len(base.screen.same().rows) == len(left) + 1


def test_going_back_to_a_merged_pair_leaves_the_walk_open(home: Path) -> None:
    done = lines(home, "review", "same", keys="O b z q")
    assert "it is settled by now" in done.stdout
    assert "undone: merge" in done.stdout
    assert "0 decided" in done.stderr


def test_going_back_to_an_included_page_makes_no_second_initiative(home: Path) -> None:
    with kb.connect(home, by="ana") as base:
        for number in range(2):
            held(base, f"p{number}", f"{PAGE} It is number {number}.", title=f"Talks {number}")
    done = lines(home, "review", "inbox", keys="i - - - - - - - b z e d q")
    assert "it is settled by now" in done.stdout
    assert "1 decided" in done.stderr
    with kb.connect(home) as base:
        excluded = [row for row in base.register.decisions().rows if row.decision == "exclude"]
        assert len(excluded) == 1
        assert base.register.document(str(excluded[0].document)).initiatives == []


def test_no_overlap_without_a_page_is_asked_twice(home: Path) -> None:
    with kb.connect(home) as base:
        count = len(base.assess.proposals())
    done = lines(home, "review", "proposals", keys="n n Q")
    assert "no overlap all the same?" in done.stdout
    with kb.connect(home) as base:
        assert len(base.assess.proposals()) == count
    lines(home, "review", "proposals", keys="n y q")
    with kb.connect(home) as base:
        assert len(base.assess.proposals()) == count - 1


def test_a_page_of_a_known_initiative_is_joined_to_it(home: Path) -> None:
    with kb.connect(home, by="ana") as base:
        publishers = base.workspace.declarations.publishers
        of_body = {body: source for source, body in publishers.items()}
        known = next(row for row in base.register.list().rows if row.organisation in of_body)
        source = of_body[known.organisation]
        name = held(base, "known", PAGE, title=known.title, source=source)
        rows = base.screen.same().rows
        place = [row.b for row in rows].index(name)
    lines(home, "review", "same", keys=" ".join(["s"] * place + ["y", "q"]))
    with kb.connect(home) as base:
        assert base.register.document(name).initiatives == [rows[place].a]


def test_a_decision_whose_page_changed_is_renewed(home: Path) -> None:
    slug, strand = proposal(home)
    with kb.connect(home, by="ana") as base:
        base.assess.assess(slug, strand, Level.overlaps, quote=QUOTES[0])
        held(base, "one", f"{QUOTES[0].replace('six', 'nine')} {QUOTES[2]}")
        assert len(base.assess.recheck().rows) >= 1
    done = lines(home, "review", keys="x r y q")  # what matters most
    assert "quote gone" in done.stdout
    assert "1 decided" in done.stderr
    assert "nine times" in str(said(home, slug, strand)[2])


def test_what_is_no_queue_is_refused_with_the_nearest(run_kb: Command) -> None:
    done = run_kb("review", "proposal")
    assert done.returncode == 1
    assert "did you mean 'proposals'" in done.stderr
    assert run_kb("review", "--proposals", "--plain", stdin="q\n").returncode == 0


def test_passages_offered_can_be_quoted(home: Path) -> None:
    slug, strand = proposal(home)
    with kb.connect(home) as base:
        card = base.assess.proposal_card(slug, strand)
        assert card is not None
        assert all(quotes.check(each) for each in card.passages)


TEAM = "".join(f'[[person]]\nname = "{name}"\nrole = "editor"\n' for name in ("ana", "ben"))


def read_by_ana(home: Path, *, calibrate: int = 9) -> tuple[str, str]:
    """A page that ana included and coded, for ben to read; its number and the initiative."""
    (home / "people.toml").write_text(TEAM)
    protocol = (
        (home / "protocol.toml").read_text().replace("calibrate = 30", f"calibrate = {calibrate}")
    )
    (home / "protocol.toml").write_text(protocol)
    with kb.connect(home, by="ana") as base:
        name = held(base, "again", PAGE, title="The Allyship Charter")
        base.screen.decide([name], Decision.include)
        (slug,) = base.register.document(name).initiatives
        base.register.tag(slug, ["role=support", "reach=england"])
    return name, slug


def test_a_second_reading_is_blind_and_its_codes_are_asked(home: Path, terminal: Open) -> None:
    name, slug = read_by_ana(home)
    output = terminal("review", "--mine", "--by", "ben")
    shown = output.expect("[s]kip")
    assert f"1 of 1 {name}" in shown
    assert "blind" in shown
    assert slug not in shown
    assert "include" not in shown.replace("[i]nclude", "")
    output.type("x", "i")
    output.expect("role")
    output.type("suport\r")
    output.expect("'support'")
    output.type("practice\r")
    output.expect("reach")
    output.type("england\r")
    output.end()
    with kb.connect(home, by="ana") as base:
        rows = {row.question: row for row in base.screen.agreement().rows}
        assert rows["code: role"].differ == [f"{slug}: ana support, ben practice"]
        assert rows["code: reach"].agreed == rows["screening"].agreed == 1.0
        assert base.register.initiative(slug).stored.code("role") == "support"


def test_a_second_reading_that_is_cut_short_waits_on(home: Path, terminal: Open) -> None:
    name, _ = read_by_ana(home)
    output = terminal("review", "inbox", "--mine", "--by", "ben")
    output.expect("[s]kip")
    output.type("e")
    output.expect("b to go back")
    output.process.terminate()
    output.end()
    with kb.connect(home, by="ben") as base:
        assert [row.document for row in base.screen.inbox(mine=True).rows] == [name]


def test_a_second_decision_while_blind_is_refused_and_the_walk_goes_on(
    home: Path, run_kb: Command
) -> None:
    name, _ = read_by_ana(home)
    refused = run_kb("screen", name, "unsure", "--by", "ana")
    assert refused.returncode == 1
    assert "ben" in refused.stderr
    done = run_kb("review", "--mine", "--open", "--plain", "--by", "ben", stdin="u\n")
    assert "ana include" in done.stdout
    with kb.connect(home) as base:
        assert base.report.status()["conflicts"] == 1


def test_a_level_is_read_a_second_time_without_the_first(home: Path, terminal: Open) -> None:
    slug, strand = proposal(home)
    (home / "people.toml").write_text(TEAM)
    with kb.connect(home, by="ana") as base:
        base.assess.assess(slug, strand, Level.duplicates, quote=QUOTES[2])
    output = terminal("review", "proposals", "--mine", "--by", "ben")
    shown = output.expect("[s]kip")
    assert slug in shown
    assert "blind" in shown
    assert "duplicates by" not in shown
    output.type("y")
    output.expect("'y' is none of")
    output.type("o", "1")
    output.expect("overlaps")
    output.end()
    with kb.connect(home) as base:
        assert base.report.status()["conflicts"] == 1


def test_an_offer_accepted_meanwhile_is_seen_before_anything_is_stored(
    home: Path, terminal: Open
) -> None:
    slug, strand = proposal(home)
    output = terminal("review", "proposals")
    output.expect("[s]kip")
    offer = (home / "offer.toml").read_text()
    before, key, after = offer.partition(f'key = "{strand}"')
    rewritten = before + key + after.replace('what = "', 'what = "Something else by now. ', 1)
    (home / "offer.toml").write_text(rewritten)
    with kb.connect(home, by="ben") as base:
        base.assess.accept()
    output.type("y")
    output.expect("rewritten meanwhile")
    output.type("q")
    output.end()
    with kb.connect(home) as base:
        rows = base.register.initiative(slug).assessments
        assert not [row for row in rows if row.by == "ana"]


def test_a_conflict_settled_meanwhile_is_not_settled_again(home: Path, terminal: Open) -> None:
    with kb.connect(home, by="ana") as base:
        name = held(base, "one", PAGE)
        base.screen.decide([name], Decision.include)
    with kb.connect(home, by="ben") as base:
        base.screen.decide([name], Decision.exclude, reason="mention-only")
    output = terminal("review", "conflicts")
    output.expect("[s]kip")
    output.type("i")
    output.expect("why include")
    with kb.connect(home, by="ben") as base:
        base.assess.resolve(name, "exclude", why="it only mentions it")
    output.type("because\r")
    output.expect("look again")
    output.end()
    with kb.connect(home) as base:
        assert base.register.document(name).screening == "exclude"


def test_who_differs_by_a_decision_is_told_at_once(home: Path, terminal: Open) -> None:
    with kb.connect(home, by="ana") as base:
        name = held(base, "one", PAGE)
    output = terminal("review", "inbox")
    output.expect("[s]kip")
    with kb.connect(home, by="ben") as base:
        base.screen.decide([name], Decision.exclude, reason="mention-only")
    output.type("i")
    output.expect("people differ on it now")
    output.end()


def test_what_another_settled_is_not_shown_again(home: Path, terminal: Open) -> None:
    with kb.connect(home, by="ana") as base:
        first, second, *_ = base.screen.same().rows
    output = terminal("review", "same")
    output.expect(first.a)
    output.expect("[s]kip")
    with kb.connect(home, by="ben") as base:
        base.register.not_same(second.a, second.b)
    output.type("s")
    shown = output.expect("[s]kip")
    assert f"{second.b}:" not in shown
    output.type("\x1b[A" * 6)  # an arrow means nothing, ends nothing and is no letter
    for _ in range(6):
        output.expect("is none of")
    output.type("q")
    output.end()


@pytest.mark.parametrize("typed", ["a ² q", "a \udcff q"])
def test_what_is_no_number_and_no_letter_breaks_nothing(home: Path, typed: str) -> None:
    with kb.connect(home, by="ana") as base:
        held(base, "one", PAGE)
    done = lines(home, "review", "inbox", keys=typed)
    assert "Traceback" not in done.stderr
