"""The rules of counting, from what is coded and assessed to what the lists say."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pages import held, page, save

import kb
from kb.assess.gaps import Gap
from kb.base import KnowledgeBase
from kb.contract import normalised
from kb.errors import Declared, Refused, Unknown
from kb.home import Home
from kb.keep.acts import ActKind
from kb.keep.crawled import Outcome, Run
from kb.keep.decisions import Decision, Level

DAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
SUPPORT = ["role=support", "reach=england", "status=active", "audience=boards"]


@pytest.fixture(scope="module")
def searched_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home without the register, of which everything was looked through. Copy it."""
    folder = tmp_path_factory.mktemp("searched") / "home"
    with kb.make(Home(folder), by="ana", register=False, clock=lambda: DAY) as made:
        sources = made.workspace.declarations.sources.source
        runs = [
            Run(number=n, source=s.name, started=DAY, finished=DAY, outcome=Outcome.ok)
            for n, s in enumerate(sources, 1)
        ]
        with made.workspace.writing(ActKind.crawl, "crawl") as writing:
            writing.add_all(runs)
        for number, source in enumerate(sources):
            if source.must_find:
                addresses = tuple(map(normalised, source.must_find))
                text = f"Page {number}."
                save(made, page(f"m{number}", text, source=source.name, addresses=addresses))
    return folder


@pytest.fixture
def base(searched_home: Path, tmp_path: Path) -> Iterator[KnowledgeBase]:
    """That home, in the hands of ana, on the day of the search."""
    home = shutil.copytree(searched_home, tmp_path / "home")
    with kb.connect(home, by="ana", clock=lambda: DAY) as opened:
        yield opened


def quote(key: str) -> str:
    return f"Boards of trusts are helped by the programme called {key}."


def made(base: KnowledgeBase, key: str, *tags: str, body: str = "") -> str:
    name = held(base, key, f"{quote(key)} More of {key} stands here.", title=f"Scheme {key}")
    (row,) = base.screen.decide([name], Decision.include)
    slug = row.initiatives[0]
    base.register.edit(slug, [f"organisation={body or f'Body {key}'}"])
    base.register.tag(slug, list(tags or SUPPORT))
    return str(slug)


def assessed(base: KnowledgeBase, key: str, level: Level, *tags: str, body: str = "") -> str:
    slug = made(base, key, *tags, body=body)
    base.assess.assess(slug, "talent", level, quote=quote(key))
    return slug


def talent(base: KnowledgeBase) -> Gap:
    return next(row for row in base.assess.gaps().rows if row.strand == "talent")


def reasons(base: KnowledgeBase) -> list[object]:
    return [row.why_not_counted for row in base.assess.overlaps("talent").rows]


def test_a_strand_that_nobody_looked_at_is_not_assessed_however_well_we_searched(
    base: KnowledgeBase,
) -> None:
    row = talent(base)
    assert row.grade in ("A", "B")
    assert row.position == "not-assessed"
    assert "look first" in str(row.prompt)


def test_nothing_is_found_once_what_may_serve_was_looked_at(base: KnowledgeBase) -> None:
    slug = made(base, "one")
    base.assess.assess(slug, "talent", Level.no_overlap)
    assert talent(base).position == "none-found"


def test_where_people_differ_nothing_is_decided(base: KnowledgeBase) -> None:
    slug = assessed(base, "one", Level.duplicates)
    assert talent(base).position == "served"
    with kb.connect(base.workspace.home.path, by="ben", clock=lambda: DAY) as ben:
        ben.assess.assess(slug, "talent", Level.no_overlap)
    row = talent(base)
    assert (row.position, row.duplicates) == ("not-assessed", 0)
    assert reasons(base) == ["people differ"]


def test_twelve_pledges_of_single_bodies_are_twelve_examples(base: KnowledgeBase) -> None:
    tags = ["role=practice", "reach=one", "status=active", "audience=boards"]
    for number in range(12):
        assessed(base, f"pledge{number}", Level.overlaps, *tags)
    row = talent(base)
    assert (row.overlaps, row.examples, row.duties) == (0, 12, 0)
    assert reasons(base) == ["an example"] * 12


def test_duties_are_duties(base: KnowledgeBase) -> None:
    tags = ["role=requirement", "reach=england", "status=active", "audience=boards"]
    assessed(base, "duty", Level.duplicates, *tags)
    row = talent(base)
    assert (row.duplicates, row.duties, row.examples) == (0, 1, 0)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        (["role=support", "reach=england", "status=active", "audience=governors"], "for others"),
        ([*SUPPORT, "region=Wales"], "outside England"),
        (["role=knowledge", "reach=england", "status=active", "audience=boards"], "evidence"),
        (["role=support", "reach=england", "status=ended", "audience=boards"], "ended"),
    ],
)
def test_what_does_not_count_says_why(base: KnowledgeBase, tags: list[str], why: str) -> None:
    assessed(base, "one", Level.duplicates, *tags)
    assert talent(base).duplicates == 0
    assert reasons(base) == [why]


def test_own_work_leaves_every_position_as_it_was(base: KnowledgeBase) -> None:
    before = [row.position for row in base.assess.gaps().rows]
    for number in range(4):
        assessed(base, f"own{number}", Level.duplicates, body="NHS Providers")
    assert [row.position for row in base.assess.gaps().rows] == before
    assert reasons(base) == []


def test_parts_count_once_under_their_head_and_adopters_never(base: KnowledgeBase) -> None:
    head = assessed(base, "head", Level.overlaps)
    part, adopter = (
        assessed(base, "part", Level.duplicates),
        assessed(base, "adopter", Level.duplicates),
    )
    assert (talent(base).duplicates, talent(base).overlaps) == (2, 1)
    base.register.edit(part, [f"part_of={head}"])
    base.register.edit(adopter, [f"adopts={head}"])
    assert (talent(base).duplicates, talent(base).overlaps) == (1, 0)


def test_what_is_forgotten_is_no_ground(base: KnowledgeBase) -> None:
    slug = assessed(base, "one", Level.duplicates)
    base.register.forget(document_of(base, slug), why="asked by the owner")
    assert [str(row.cause) for row in base.assess.recheck().rows] == ["quote gone"]


def document_of(base: KnowledgeBase, slug: str) -> str:
    (names,) = [row.documents for row in base.register.list().rows if row.slug == slug]
    (name,) = names
    return name


def test_an_ended_initiative_is_looked_at_once_and_a_succeeded_one_too(base: KnowledgeBase) -> None:
    old, new = assessed(base, "old", Level.duplicates), assessed(base, "new", Level.overlaps)
    base.register.edit(new, [f"succeeds={old}"])
    assert [str(row.cause) for row in base.assess.recheck().rows] == ["initiative superseded"]
    base.assess.renew(old, "talent")
    assert base.assess.recheck().rows == []
    base.register.tag(new, ["status=ended"])
    assert [str(row.cause) for row in base.assess.recheck().rows] == ["initiative ended"]
    base.assess.renew(new, "talent")
    assert base.assess.recheck().rows == []


def test_a_removed_strand_stays_removed_when_its_key_comes_again(base: KnowledgeBase) -> None:
    assessed(base, "one", Level.duplicates)
    file = base.workspace.home.declaration("offer.toml")
    whole = file.read_text(encoding="utf-8")
    blocks = whole.split("[[strand]]")
    without = [block for block in blocks if 'key = "talent"' not in block]
    file.write_text("[[strand]]".join(without), encoding="utf-8")
    base.assess.accept(why="not offered")
    file.write_text(whole.replace("what = ", 'what = "Another thing. " # ', 1), encoding="utf-8")
    file.write_text(whole, encoding="utf-8")
    base.assess.accept(why="offered after all")
    assert talent(base).position == "not-assessed"
    assert reasons(base) == []


def test_codes_that_rules_count_by_keep_their_names(base: KnowledgeBase) -> None:
    book = base.workspace.home.declaration("codebook.toml")
    text = book.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith("support = "))
    renamed = f'offer = {{ means = {line.partition(" = ")[2]}, was = "support" }}'
    book.write_text(text.replace(line, renamed, 1), encoding="utf-8")
    with (
        kb.connect(base.workspace.home.path, by="ana") as later,
        pytest.raises(Declared, match="positions are counted by it"),
    ):
        later.assess.gaps()


def test_a_renamed_code_reopens_nothing(base: KnowledgeBase) -> None:
    slug = made(base, "one")
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=quote("one"))
    book, offer = (
        base.workspace.home.declaration(name) for name in ("codebook.toml", "offer.toml")
    )
    text = book.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith("peer-learning = "))
    renamed = f'peers = {{ means = {line.partition(" = ")[2]}, was = "peer-learning" }}'
    book.write_text(text.replace(line, renamed, 1), encoding="utf-8")
    whole = offer.read_text(encoding="utf-8")
    means = next(
        each for each in whole.splitlines() if each.startswith("means") and '"peer-l' in each
    )
    offer.write_text(
        whole.replace(means, means.replace('"peer-learning"', '"peers"'), 1), encoding="utf-8"
    )
    with kb.connect(base.workspace.home.path, by="ana", clock=lambda: DAY) as later:
        assert later.assess.offer_diff().rows == []
        later.assess.accept(why="the book calls them peers now")
        assert later.assess.recheck().rows == []
        assert next(r for r in later.assess.gaps().rows if r.strand == "peer-learning").duplicates


def test_a_passage_that_tells_nothing_is_not_offered_as_a_quote(base: KnowledgeBase) -> None:
    text = "We use cookies to make this site work better for you."
    (row,) = base.screen.decide([held(base, "cookies", text, title="A scheme")], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(str(slug), SUPPORT)
    base.assess.assess(str(slug), "talent", Level.duplicates)
    (proposal,) = base.assess.recheck().rows
    assert (str(proposal.cause), proposal.nearest) == ("no quote", None)


def test_results_follow_a_merge_and_are_looked_at_again(base: KnowledgeBase) -> None:
    a, b = assessed(base, "a", Level.overlaps), assessed(base, "b", Level.overlaps)
    base.assess.note_result(b, "boards changed", quote=quote("b"))
    base.register.merge(a, b, why="one scheme")
    assert {row.initiative for row in base.assess.worked().rows} == {a}
    held(base, "b", "The page says something else by now, and nothing of the old words.")
    causes = {(row.initiative, str(row.cause)) for row in base.assess.recheck().rows}
    assert (a, "result: quote gone") in causes


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        (
            lambda base, slug: base.register.edit(slug, ["organisation=NHS Providers"]),
            "decision changed",
        ),
        (lambda base, slug: base.register.tag(slug, ["status=ended"]), "ended"),
        (lambda base, slug: base.register.tag(slug, ["role=voice"]), "decision changed"),
    ],
)
def test_what_we_did_is_not_put_on_the_world(base: KnowledgeBase, act: object, cause: str) -> None:
    slug = assessed(base, "one", Level.duplicates)
    base.workspace.clock = lambda: DAY + timedelta(days=9)
    act(base, slug)  # type: ignore[operator]
    rows = base.assess.moved_between(DAY.date()).rows
    assert {row.cause for row in rows if row.list_ == "overlaps"} == {cause}


def test_what_was_taken_out_of_the_register_is_our_doing(base: KnowledgeBase) -> None:
    slug = assessed(base, "one", Level.duplicates)
    base.workspace.clock = lambda: DAY + timedelta(days=9)
    base.screen.decide(
        [document_of(base, slug)], Decision.exclude, reason="mention-only", why="read again"
    )
    assert slug not in [row.slug for row in base.register.list().rows]
    assert {row.group for row in base.assess.moved_between(DAY.date()).rows} == {"us"}
    with pytest.raises(Refused, match="before"):
        base.assess.moved_between(date(2026, 11, 2), date(2026, 11, 1))


def test_age_alone_is_the_worlds_doing(base: KnowledgeBase) -> None:
    assessed(base, "one", Level.duplicates, *SUPPORT[:2], "status=unknown", SUPPORT[3])
    assert talent(base).duplicates == 1
    base.workspace.clock = lambda: DAY + timedelta(days=900)
    (row,) = [row for row in base.assess.moved_between(DAY.date()).rows if row.list_ == "overlaps"]
    assert (row.group, row.cause) == ("the world", "gone quiet")
    assert list(base.assess.quiet().values()) == ["no sign since 2026-11-02"]


def test_thresholds_and_whose_work_is_ours_are_told_of_by_the_difference(
    base: KnowledgeBase,
) -> None:
    file = base.workspace.home.declaration("offer.toml")
    text = file.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith("quiet_months"))
    file.write_text(text.replace(line, "quiet_months = 7", 1), encoding="utf-8")
    (row,) = base.assess.offer_diff().rows
    assert (row.strand, row.change, row.fields) == ("all", "changed", ["positions"])


def test_an_offer_asked_about_may_not_name_what_never_was(
    base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = base.workspace.home.declaration("offer.toml").read_text(encoding="utf-8")
    draft = tmp_path / "draft.toml"
    draft.write_text(text.replace('key = "talent"', 'key = "people"\nwas = "never-was"', 1))
    with pytest.raises(Unknown, match="never-was"):
        base.assess.gaps(offer=str(draft))
    draft.write_text(text.replace('key = "talent"', 'key = "people"\nwas = "talent"', 1))
    monkeypatch.chdir(tmp_path)
    assert "people" in [row.strand for row in base.assess.gaps(offer="draft.toml").rows]


def test_two_days_without_an_act_between_are_each_reckoned_by_their_own_day(
    base: KnowledgeBase,
) -> None:
    assessed(base, "one", Level.duplicates, *SUPPORT[:2], "status=unknown", SUPPORT[3])
    base.workspace.clock = lambda: DAY + timedelta(days=1000)
    early, late = DAY.date() + timedelta(days=1), DAY.date() + timedelta(days=900)

    def counted(day: date) -> list[object]:
        with kb.connect(base.workspace.home.path, by="ana", clock=base.workspace.clock) as fresh:
            return [row.counted for row in fresh.at(day).assess.overlaps().rows]

    assert (counted(early), counted(late)) == ([True], [False])
    (row,) = [row for row in base.assess.moved_between(early, late).rows if row.list_ == "overlaps"]
    assert row.cause == "gone quiet"
