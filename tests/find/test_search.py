"""Search over the shipped register."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Command

from kb.errors import Unknown
from kb.find.entries import Filters, Hit, IndexEntry, Words
from kb.find.index import Missing, act_of, build, update
from kb.find.parsing import parse
from kb.find.query import Query
from kb.find.search import Search
from kb.text.matcher import Alternatives


@pytest.fixture(scope="module")
def register(made_home: Path) -> Iterator[Search]:
    search = Search(made_home / "index")
    yield search
    search.close()


def find(search: Search, text: str, limit: int = 20, **filters: object) -> list[Hit]:
    query = parse(text, search.words.alternatives)
    return search.best(query, Filters(**filters), limit=limit)  # type: ignore[arg-type]


def test_those_with_all_words_come_first_then_those_with_most(
    register: Search, tmp_path: Path
) -> None:
    counts = [len(hit.matched) for hit in find(register, "mentoring midwives")]
    assert counts[0] == 2
    assert 2 not in counts[counts.index(1) :]
    holding = ["mentoring board midwives", "mentoring board others", "midwives some others"]
    rows = [
        IndexEntry(f"i{at}", "register", at, title, "Body", "", slug=f"s{at}")
        for at, title in enumerate([*reversed(holding), *(["midwives meet often"] * 6)])
    ]
    build(tmp_path / "index", rows, Words(), act=1)
    search = Search(tmp_path / "index")
    assert [hit.title for hit in find(search, "mentoring board midwives")] == holding[:2]
    search.close()


def test_a_phrase_finds_its_words_side_by_side(register: Search) -> None:
    hits = find(register, '"reciprocal mentoring"')
    assert hits
    assert all("reciprocal mentoring" in f"{h.title} {h.snippet}".casefold() for h in hits[:2])
    nobody = find(register, '"mentoring reciprocal"')
    assert all(hit.matched == ["mentoring … reciprocal"] for hit in nobody)
    assert find(register, 'race -"mentoring reciprocal"', 200) == find(register, "race", 200)


def test_a_field_is_searched_alone(register: Search) -> None:
    hits = find(register, "title:pledge")
    assert hits
    assert all("pledge" in hit.title.casefold() for hit in hits)


def test_an_unknown_field_is_named_with_the_nearest(register: Search) -> None:
    with pytest.raises(Unknown) as wrong:
        find(register, "titel:pledge")
    assert "'title'" in wrong.value.hint


def test_what_was_typed_weighs_more_than_what_stands_in(register: Search) -> None:
    hits = find(register, "BAME")
    assert "bame" in hits[0].matched
    assert any(hit.matched != ["bame"] for hit in hits)


def test_narrower_terms_are_found_one_way_only() -> None:
    class Term:
        name = "standard"
        same = ("standard",)
        narrower = ("medical standard",)
        related = ("charter",)
        except_ = ()
        exact = False
        case_sensitive = False

    forms = Alternatives.of([Term()]).forms
    assert dict(forms["standard"])["medical standard"] > 0
    assert "medical standard" not in forms


def test_an_organisation_is_found_by_any_name_with_its_parts(register: Search) -> None:
    names = {hit.organisation for hit in find(register, "race", 200, organisation="NHSE")}
    assert "NHS England London" in names
    assert "NHS England" in names
    assert "NHS Confederation" not in names


def test_a_region_finds_wider_ones_the_narrowest_first(register: Search) -> None:
    hits = find(register, "race", 200, codes={"region": ["London"]})
    first = find(register, "race", 200, codes={"region": ["london"]})
    assert [hit.id for hit in hits] == [hit.id for hit in first]
    wales = {h.id for h in find(register, "anti-racist wales", 200, codes={"region": ["Wales"]})}
    assert wales - {h.id for h in hits}
    assert "London" in hits[0].title + hits[0].organisation + hits[0].snippet


@pytest.mark.parametrize(
    ("filters", "near"),
    [
        ({"organisation": "NHS Ingland"}, "nhs england"),
        ({"codes": {"region": ["Londn"]}}, "London"),
        ({"codes": {"role": ["suport"]}}, "support"),
    ],
)
def test_unknown_filters_name_the_nearest(
    register: Search, filters: dict[str, object], near: str
) -> None:
    with pytest.raises(Unknown) as wrong:
        find(register, "race", **filters)
    assert near in wrong.value.hint


def test_all_filters_must_hold(register: Search) -> None:
    hits = find(register, "race", 200, codes={"role": ["support"], "status": ["active"]})
    assert hits
    assert {h.id for h in hits} < {
        h.id for h in find(register, "race", 200, codes={"role": ["support"]})
    }


def entry(number: int, title: str, text: str = "") -> IndexEntry:
    return IndexEntry(
        id=f"d{number}",
        part="documents",
        number=number,
        title=title,
        organisation="A Body",
        url="https://a.example",
        text=text,
        document=f"d{number}",
        summary="",
    )


def test_an_update_writes_what_changed_and_takes_out_what_went(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    build(folder, [entry(1, "First"), entry(2, "Second")], Words(), act=1)
    update(folder, [entry(2, "Changed")], ["d1", "d2"], act=5)
    search = Search(folder)
    assert find(search, "first") == []
    assert [hit.document for hit in find(search, "changed")] == ["d2"]
    assert find(search, "second") == []
    search.close()
    assert act_of(folder) == 5


def test_without_an_index_there_is_a_hint(tmp_path: Path) -> None:
    with pytest.raises(Missing) as wrong:
        Search(tmp_path / "index")
    assert "kb reindex" in wrong.value.hint


def test_hostile_text_is_found_as_text(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    build(folder, [entry(1, "A [/b] title", "It says \x1b[31mred\x1b[0m, twice.")], Words(), act=1)
    search = Search(folder)
    (hit,) = find(search, "twice")
    assert hit.title == "A [/b] title"
    search.close()


@pytest.mark.parametrize("text", ["", "   ", '"', "the", "\0", '""', "title:", "of the and"])
def test_odd_queries_are_no_error(register: Search, text: str) -> None:
    assert find(register, text) == []


def test_related_terms_are_offered_not_searched(register: Search) -> None:
    query = parse("reciprocal mentoring", register.words.alternatives)
    assert "co-mentoring" in query.see_also
    forms = {form for unit in query.units for form, _ in unit.others}
    assert "co mentoring" not in forms


def test_a_synonym_is_found_before_what_has_some_of_the_words(register: Search) -> None:
    found = [hit.slug for hit in find(register, "reverse mentoring", 4)]
    assert {"reciprocal-mentoring-for-inclusion", "airedale-reciprocal-mentoring"} <= set(found)


def entries(
    folder: Path, *rows: dict[str, object], codes: dict[str, list[str]] | None = None
) -> Search:
    """An index of pages, or of initiatives where a row has a slug."""
    made = [
        IndexEntry(
            **{
                "id": f"{'i' if 'slug' in row else 'd'}{number}",
                "part": "register" if "slug" in row else "documents",
                "number": number,
                "organisation": "A Body",
                "url": f"https://a.example/{number}",
                "document": None if "slug" in row else f"d{number}",
            }
            | row
        )
        for number, row in enumerate(rows, start=1)
    ]
    build(folder / "index", made, Words(codes=codes or {}), act=1)
    return Search(folder / "index")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('"high impact action 6"', ["d1"]),
        ("+6 high impact action", ["d1"]),
        ('"D&I strategy"', ["d3"]),
        ('title:"D&I"', ["d3"]),
        ("D&I", ["d3"]),
        ('"May 2026"', ["d5"]),
        ("+IT", ["d4"]),
        ("+US trusts", ["d6"]),
        ("+WHO", ["d7"]),
        ("stra*gy", ["d3"]),
        ("inclu*sion", ["d8"]),
    ],
)
def test_every_word_that_people_type_is_one(
    tmp_path: Path, typed: str, expected: list[str]
) -> None:
    search = entries(
        tmp_path,
        {"title": "High impact action 6 for boards", "text": "Boards act on it."},
        {"title": "High impact action 1 for boards", "text": "We do, and it is for us."},
        {"title": "Our D&I strategy", "text": "It may be read in 2026."},
        {"title": "The IT of boards", "text": "They work with IT."},
        {"title": "Report of May 2026", "text": "Who read it?"},
        {"title": "Trusts", "text": "Trusts in the US are told of."},
        {"title": "Health", "text": "The WHO says so."},
        {"title": "Inclusion", "text": "Of all."},
    )
    query = parse(typed, search.words.alternatives)
    assert [hit.document for hit in search.best(query, Filters(), limit=9)] == expected
    search.close()


def test_what_is_known_comes_first_and_a_page_under_its_initiative_once(tmp_path: Path) -> None:
    search = entries(
        tmp_path,
        {"title": "Mentoring of boards", "text": "Mentoring boards.", "low": "a list page"},
        {"title": "Mentoring for boards", "text": "Mentoring boards."},
        {"title": "A scheme", "text": "It has mentoring for boards.", "of": "i4"},
        {"title": "A scheme of a body", "slug": "a-scheme", "summary": "What a body does."},
        {"title": "Mentoring", "slug": "mentoring", "summary": "Mentoring for boards."},
    )
    hits = search.best(parse("mentoring boards", Alternatives()), Filters(), limit=9)
    assert [hit.slug or hit.document for hit in hits] == ["mentoring", "a-scheme", "d2", "d1"]
    assert (hits[1].pages, hits[3].what) == (["d3"], "a list page")
    assert "mentoring for boards" in hits[1].snippet
    pages = search.best(
        parse("mentoring boards", Alternatives()), Filters(part="documents"), limit=9
    )
    assert {hit.document for hit in pages} == {"d1", "d2", "d3"}
    search.close()


def zebracorn(folder: Path) -> Search:
    """Two initiatives, each with a page that alone has the word."""
    return entries(
        folder,
        {"title": "A page", "text": "The zebracorn of boards.", "of": "i3"},
        {"title": "Another", "text": "A zebracorn too.", "of": "i4"},
        {"title": "Week", "slug": "week", "codes": {"role": ["support"]}},
        {"title": "Circles", "slug": "circles", "codes": {"role": ["voice"]}},
    )


@pytest.mark.parametrize(
    ("typed", "filters", "slugs"),
    [
        ("zebracorn", {}, ["circles", "week"]),
        ("zebracorn NOT week", {}, ["circles"]),
        ("zebracorn +circles", {}, ["circles"]),
        ("zebracorn", {"codes": {"role": ["support"]}}, ["week"]),
        ("zebracorn", {"part": "register"}, ["circles", "week"]),
    ],
)
def test_an_initiative_found_by_its_page_is_filtered_as_itself(
    tmp_path: Path, typed: str, filters: dict[str, object], slugs: list[str]
) -> None:
    search = zebracorn(tmp_path)
    search.words.codes["role"] = ["support", "voice"]  # type: ignore[index]
    found = find(search, typed, **filters)
    assert sorted(str(hit.slug) for hit in found) == slugs
    assert all("zebracorn" in hit.snippet for hit in found if hit.pages)
    search.close()


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("SUPPORT FOR BOARDS", "support for boards"),
        ("WHAT IS THE WRES", "what is the wres"),
        ("RACE EQUALITY FOR ALL STAFF", "race equality for all staff"),
    ],
)
def test_a_query_in_capitals_finds_what_it_finds_in_small_letters(
    register: Search, typed: str, same: str
) -> None:
    assert [hit.id for hit in find(register, typed)] == [hit.id for hit in find(register, same)]


def test_a_heading_in_capitals_holds_no_names(tmp_path: Path) -> None:
    search = entries(
        tmp_path,
        {"title": "STANDING TOGETHER FOR ALL OF US", "text": "What it means."},
        {"title": "IT leaders", "text": "They meet."},
        {"title": "Home", "text": "WHO WE ARE. OUR WORK / ABOUT US / CONTACT US"},
    )
    assert [h.document for h in find(search, '"standing together for all of us"')] == ["d1"]
    assert [h.document for h in find(search, '"who we are"')] == ["d3"]
    assert [h.document for h in find(search, "WHO")] == []
    assert [h.document for h in find(search, "IT")] == ["d2"]
    assert [h.document for h in find(search, "US")] == []
    search.close()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("US", ["d1", "d2"]),
        ("US OR IT", ["d1", "d2", "d3"]),
        ("WHO NOT US", ["d4"]),
        ("zorbik NOT US", ["d3"]),
        ('"NHS IT"', ["d3"]),
        ("+IT +NHS", ["d3"]),
        ("US OR IT OR WHO OR EDI", ["d1", "d2", "d3", "d4"]),
        ("THE GUIDANCE", ["d4"]),
        ('"OF US"', ["d5"]),
    ],
)
def test_names_in_lists_and_beside_operators_are_names(
    tmp_path: Path, typed: str, expected: list[str]
) -> None:
    search = entries(
        tmp_path,
        {"title": "Zorbik", "text": "EU, UK, US comparisons."},
        {"title": "People", "text": "In the US and UK, a zorbik."},
        {"title": "Zorbik of IT", "text": "The NHS IT team meets."},
        {"title": "Guidance", "text": "The WHO wrote it; the NHS read it."},
        {"title": "Us", "text": "It is for those of us who read it in the NHS."},
    )
    assert sorted(str(hit.document) for hit in find(search, typed)) == expected
    search.close()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("quanzo role:support", [["s1", None]]),
        ("(quanzo role:support)", [["s1", None]]),
        ("(quanzo NOT role:support)", [[None, "d3"]]),
        ("+boards +plimsoll", [["s1", None]]),
        ('+"mentoring of boards" +plimsoll', [["s1", None]]),
        ("quanzo (NOT boards)", [[None, "d3"]]),
    ],
)
def test_a_page_has_the_codes_and_words_of_its_initiative(
    tmp_path: Path, typed: str, expected: list[list[str | None]]
) -> None:
    rows = [
        {"title": "Mentoring of boards", "slug": "s1", "codes": {"role": ["support"]}},
        {"title": "A page", "text": "The quanzo of a plimsoll.", "of": "i1"},
        {"title": "A report", "text": "A quanzo."},
    ]
    search = entries(tmp_path, *rows, codes={"role": ["support"]})
    hits = find(search, typed)
    assert [[hit.slug, hit.document] for hit in hits] == expected
    assert all("quanzo" in hit.snippet.casefold() for hit in hits if "quanzo" in typed)
    search.close()


def test_facets_of_pages_are_those_of_their_initiative(tmp_path: Path) -> None:
    rows = [
        {"title": "Mentoring", "slug": "s1", "codes": {"role": ["support"]}},
        {"title": "A page", "text": "The quanzo.", "of": "i1"},
    ]
    search = entries(tmp_path, *rows, codes={"role": ["support"]})
    filters = Filters(part="documents", codes={"role": ["support"]})
    matches = search.find(parse("quanzo", Alternatives()), filters)
    assert [hit.document for hit in search.hits(matches, limit=9)] == ["d2"]
    assert search.facets(matches) == {"role": {"support": 1}}
    search.close()


def test_an_initiative_with_pages_is_not_like_itself(tmp_path: Path) -> None:
    search = entries(
        tmp_path,
        {"title": "Quanzo mentoring", "slug": "s1"},
        {"title": "A page", "text": "The quanzo mentoring.", "of": "i1"},
        {"title": "Another quanzo mentoring", "slug": "s3"},
    )
    query = Query(terms=tuple(search.words_of("s1")))
    matches = search.find(query, Filters(part="register"), but="s1")
    assert [hit.slug for hit in search.hits(matches, limit=9)] == ["s3"]
    search.close()


def test_words_near_one_another_in_a_long_page_are_no_chance(tmp_path: Path) -> None:
    filler = "minutes of many meetings on other matters " * 150
    search = entries(
        tmp_path,
        {"title": "Apart", "text": f"plimsoll {filler} quanzo"},
        {"title": "Beside", "text": f"{filler} plimsoll quanzo {filler}"},
        {"title": "Half", "text": "plimsoll"},
    )
    assert find(search, "plimsoll quanzo")[0].document == "d2"
    search.close()


def test_what_a_star_stands_for_stands_out(tmp_path: Path) -> None:
    search = entries(tmp_path, {"title": "A", "text": "Of women and of racism and more."})
    for typed, word in (("wom*n", "women"), ("racis*", "racism"), ("text:racis*", "racism")):
        (hit,) = find(search, typed)
        assert [hit.snippet[a:b] for a, b in hit.places] == [word]
    search.close()


def test_a_long_page_does_not_win_by_holding_every_word_once(tmp_path: Path) -> None:
    filler = "minutes of many meetings on other matters " * 150
    search = entries(
        tmp_path,
        {"title": "Minutes", "text": f"reverse {filler} mentoring {filler} chairs"},
        {"title": "Mentoring of chairs", "text": "Chairs have mentors; mentoring of chairs helps."},
    )
    hits = search.best(parse("reverse mentoring chairs", Alternatives()), Filters(), limit=9)
    assert hits[0].document == "d2"
    search.close()


def test_a_passage_carries_the_places_of_its_words(register: Search) -> None:
    hits = find(register, "mentoring", 9)
    assert any(hit.places for hit in hits)
    for hit in hits:  # of one that has the word in its title alone the passage has none
        words = [hit.snippet[start:end].casefold() for start, end in hit.places]
        assert all(word.startswith("mentor") for word in words)


def test_what_is_like_an_initiative_shares_its_rare_words(register: Search) -> None:
    slug = "bitc-mentoring-circles"
    query = Query(terms=tuple(register.words_of(slug)))
    matches = register.find(query, Filters(part="register"), but=slug)
    slugs = [hit.slug for hit in register.hits(matches, limit=5)]
    assert slug not in slugs
    assert any("mentoring" in str(each) for each in slugs[:2])
    with pytest.raises(Unknown, match="bitc-mentoring-circle"):
        register.slug_of("bitc-mentoring-circle")
    assert register.slug_of("13") == slug


def test_codes_and_dates_filter_without_any_word(register: Search) -> None:
    hits = find(register, "audience:boards since:2023", limit=100)
    assert hits
    every = register.find(
        parse("audience:boards since:2023", register.words.alternatives), Filters()
    )
    dates = {
        slug: register.when(n)
        for slug, n in zip((h.slug for h in hits), every.numbers, strict=True)
    }
    assert all(date >= "2023" for date in dates.values())
    in_2023 = find(register, "audience:boards since:2023 until:2023", limit=100)
    assert {hit.slug for hit in in_2023} <= {s for s, date in dates.items() if date[:4] == "2023"}


def test_what_must_not_be_there_is_not(register: Search) -> None:
    every = {hit.slug for hit in find(register, "mentoring", limit=100)}
    without = {hit.slug for hit in find(register, "mentoring NOT midwives", limit=100)}
    assert without < every
    both = {hit.slug for hit in find(register, "mentoring +midwives", limit=100)}
    assert both & every == every - without


def test_a_phrase_that_nothing_holds_says_what_comes_near(register: Search) -> None:
    query = parse('"board development"', register.words.alternatives)
    matches = register.find(query, Filters())
    near = f"{len(matches.numbers)} for development near board"
    assert any(near in note for note in matches.notes)
    (hit,) = register.hits(matches, limit=9)
    assert hit.matched == ["board … development"]


def test_a_misspelt_word_is_asked_back(register: Search) -> None:
    query = parse("microagressions", register.words.alternatives)
    matches = register.find(query, Filters())
    assert matches.without == ("microagressions",)
    assert "microaggressions" in register.did_you_mean(matches, query)
    assert register.hits(matches, limit=1)[0].matched == ["like it in letters"]


def test_codes_are_counted_over_everything_found(register: Search) -> None:
    query = parse("mentoring", register.words.alternatives)
    matches = register.find(query, Filters(part="register"))
    counts = register.facets(matches)["role"]
    coded = register.coded(matches, "role")
    assert sum(counts.values()) == sum(map(len, coded.values())) > 0


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("support for boards on race equality", "nhs-providers-10-questions-boards"),
        ("www.fivexmore.org", "five-x-more"),
        ("https://www.fivexmore.org/", "five-x-more"),
        ("fivexmore", "five-x-more"),
    ],
)
def test_what_staff_type_is_found_first(register: Search, typed: str, slug: str) -> None:
    assert find(register, typed)[0].slug == slug


def test_words_that_tell_nothing_hide_nothing(register: Search) -> None:
    plain = [hit.slug for hit in find(register, "mentoring london", 50)]
    assert [hit.slug for hit in find(register, "mentoring in +the london", 50)] == plain


def test_what_narrows_is_no_word(register: Search) -> None:
    every = {hit.slug for hit in find(register, "mentoring", 100)}
    ended = {hit.slug for hit in find(register, "mentoring status:ended", 100)}
    assert ended < every
    assert {h.slug for h in find(register, "mentoring -status:ended", 100)} == every - ended
    either = {hit.slug for hit in find(register, "mentoring OR role:voice", 300)}
    voices = {hit.slug for hit in find(register, "role:voice", 300)}
    assert voices
    assert every | voices <= either


def test_a_star_stands_for_words_not_for_their_stems(register: Search) -> None:
    assert {h.slug for h in find(register, "equality", 300)} <= {
        h.slug for h in find(register, "equalit*", 300)
    }
    assert find(register, "organisati*", 300)


@pytest.mark.parametrize(
    ("typed", "meant"), [("menotring", "mentoring"), ("leadrship", "leadership"), ("wrse", "wres")]
)
def test_a_slip_is_asked_back_though_nothing_is_found(
    register: Search, typed: str, meant: str
) -> None:
    query = parse(typed, register.words.alternatives)
    assert register.did_you_mean(register.find(query, Filters()), query) == [meant]


def test_what_is_found_does_not_hang_on_how_often_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    rows = [entry(n, f"Five X More {n}" if n == 1 else f"Other thing {n}") for n in range(40)]
    build(folder, rows, Words(), act=1)
    before = Search(folder)
    fresh = [hit.document for hit in find(before, "fivexmore")]
    before.close()
    for act in range(2, 8):
        update(folder, [rows[1]], ["d1"], act=act)
    after = Search(folder)
    assert [hit.document for hit in find(after, "fivexmore")] == fresh == ["d1"]
    after.close()


def test_a_phrase_finds_a_name_in_a_heading_where_nothing_else_has_it(tmp_path: Path) -> None:
    texts = [
        "IT STRATEGY\nWhat we plan.",
        "The IT support of the trust.",
        "To its support we owe it.",
    ]
    rows = [entry(at, f"Page {at}", text) for at, text in enumerate(texts, 1)]
    build(tmp_path / "index", rows, Words(), act=1)
    with closing(Search(tmp_path / "index")) as search:
        assert {hit.id for hit in find(search, '"IT strategy"')} == {1}
        assert {hit.id for hit in find(search, '"IT support"')} == {2}
        assert {hit.id for hit in find(search, 'support NOT "IT support"')} == {3}
        assert {hit.id for hit in find(search, "IT")} == {2}


@pytest.mark.parametrize("typed", ["(zzzq xxxq)", "zzzq OR xxxq", '("zzzq" xxxq)'])
def test_what_nothing_holds_is_said_so(run_kb: Command, typed: str) -> None:
    assert "nothing holds" in run_kb("search", typed).stderr


def test_what_is_held_but_left_out_is_not_said_to_be_held_by_nothing(run_kb: Command) -> None:
    said = run_kb("search", "mentoring", "--in", "documents").stderr
    assert "nothing holds" not in said
    assert "nothing is left of what holds mentoring" in said
