"""The judged queries of staff, the rows they were judged on, and how a ranking is measured.

45 queries, 291 rows: the register, and rows that look like initiatives. Grades are 2 (exactly
what is wanted) and 1 (partly useful). Ties go by slug.
"""

import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from kb.declare.codebook import FACETS
from kb.declare.declarations import Declarations
from kb.find.entries import Filters, IndexEntry
from kb.find.index import build
from kb.find.parsing import parse
from kb.find.ranking import RANKING, Ranking
from kb.find.search import Search
from kb.home import DECLARATIONS, shipped
from kb.text.matcher import WORD
from kb.workspace.indexing import words_of

SETS = Path(__file__).parent / "sets"
DEPTH = 10  # of nDCG
REACH = 20  # of recall


@dataclass(frozen=True)
class Judged:
    """One query with the grade of every row that is of use."""

    id: str
    query: str
    kind: str
    grades: Mapping[str, int]


def judged() -> list[Judged]:
    """Every query, those with nothing to find among them."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (SETS / "search" / "judgements.tsv").read_text().splitlines():
        query, slug, grade = line.split("\t")
        grades[query][slug] = int(grade)
    rows = map(json.loads, (SETS / "search" / "queries.jsonl").read_text().splitlines())
    return [Judged(r["id"], r["query"], r["kind"], grades.get(r["id"], {})) for r in rows]


def declarations() -> Declarations:
    """The declarations as shipped."""
    return Declarations({name: shipped(name).read_text() for name in DECLARATIONS}, frozenset())


def entries() -> list[IndexEntry]:
    """The rows that were judged, as the index takes them in."""
    output = declarations()
    lines = shipped("register.jsonl").read_text().splitlines()
    lines += shipped("look_alikes.jsonl").read_text().splitlines()
    rows = sorted(map(json.loads, lines), key=lambda row: str(row["slug"]))
    return [
        IndexEntry(
            id=f"i{number}",
            part="register",
            number=number,
            title=row["title"],
            organisation=row["organisation"],
            url=row["url"] or "",
            summary=row["summary"],
            slug=row["slug"],
            when=row.get("started") or "",
            body=output.bodies.name(row["organisation"]),
            names=output.bodies.spellings(row["organisation"]),
            codes={facet: _codes(row.get(facet)) for facet in (*FACETS, "organisation_kind")},
        )
        for number, row in enumerate(rows, start=1)
    ]


def _codes(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, list) else []


def long_pages(count: int) -> list[IndexEntry]:
    """Pages of other matters, of 3,000 words each drawn from pages of the field and these rows.

    Each holds nearly every word that staff type, by chance.
    """
    lines = (SETS / "pages.jsonl").read_text().splitlines()
    words = [word for line in lines for word in WORD.findall(str(json.loads(line)["html"]))]
    words += [word for entry in entries() for word in entry.summary.split()]
    chance = random.Random(7)
    return [
        IndexEntry(
            id=f"d{number}",
            part="documents",
            number=number,
            title=f"Minutes of the meeting of week {number}",
            organisation="A Trust",
            url=f"https://a.example/minutes/{number}",
            text=" ".join(chance.choices(words, k=3000)),
            document=f"d{number}",
        )
        for number in range(1, count + 1)
    ]


def built(folder: Path, *, others: int = 0) -> Path:
    """An index of those rows, and so many long pages of other matters."""
    every = [*entries(), *long_pages(others)]
    build(folder, every, words_of(declarations()), act=1)
    return folder


def ranker(folder: Path, ranking: Ranking = RANKING) -> Callable[[str], list[str]]:
    """From a query to the slugs it finds, best first."""
    index = Search(folder, ranking)

    def rank(query: str) -> list[str]:
        hits = index.best(parse(query, index.words.alternatives), Filters(), limit=10_000)
        return [str(hit.slug) for hit in hits]

    return rank


def ndcg(matches: Sequence[str], grades: Mapping[str, int]) -> float:
    """Discounted gain of the first ten, of the best there is (Järvelin and Kekäläinen 2002)."""
    gained = [2 ** grades.get(slug, 0) - 1 for slug in matches[:DEPTH]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:DEPTH]
    return _discounted(gained) / _discounted(best)


def _discounted(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def recall(matches: Sequence[str], grades: Mapping[str, int]) -> float:
    """The share of the useful rows among the first twenty."""
    return sum(slug in grades for slug in matches[:REACH]) / len(grades)


def measured(rank: Callable[[str], list[str]], queries: Iterable[Judged]) -> tuple[float, float]:
    """nDCG@10 and recall@20, means over the queries that have something to find."""
    query = [(rank(each.query), each.grades) for each in queries if each.grades]
    return (
        mean(ndcg(matches, grades) for matches, grades in query),
        mean(recall(matches, grades) for matches, grades in query),
    )
