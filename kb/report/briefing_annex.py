"""The annexes of a briefing: method, agreement, sources.

The search record follows the items of PRISMA-S (Rethlefsen et al. 2021,
doi:10.1186/s13643-020-01542-z), in our words and as far as they apply to a scan of web sites.
"""

from collections.abc import Iterator

from kb.assess.positions import PRINTED
from kb.report.briefing import Brief
from kb.report.briefing_drawings import flow_drawing
from kb.report.paper import (
    Block,
    Grid,
    Heading,
    Picture,
    capital,
    counted,
    day_of,
    how_many,
    listed,
    said,
    was,
)
from kb.report.tables import text_of

LEVELS = "overlap"  # the code book's name for the levels of an assessment


def annexes(brief: Brief) -> Iterator[Block]:
    """Annex A to C."""
    yield Heading("Annex A: how this was made")
    yield from _protocol(brief)
    yield Heading("Search record, by the items of PRISMA-S", 2)
    yield Grid(("Item", "What was done"), list(_search_record(brief)), "Search record")
    yield Heading("From pages to initiatives", 2)
    others = next((row.count for row in brief.flow.rows if row.step == "initiatives of others"), 0)
    yield Picture(
        flow_drawing(brief.flow.rows, others),
        "Drawn as PRISMA 2020 asks. An initiative may stand on several pages.",
    )
    yield Heading("Annex B: agreement")
    yield from _agreement(brief)
    yield Heading("Annex C: sources")
    yield from _sources(brief)


def _protocol(brief: Brief) -> Iterator[Block]:
    protocol = brief.declarations.protocol
    yield Heading("Protocol", 2)
    yield said(f"Version {protocol.version}. {protocol.question}")
    yield said(protocol.unit)
    for each in protocol.include:
        yield said(each, style="bullet")
    yield Heading("What the words mean", 2)
    if brief.audience.sees_quotes:
        levels = brief.declarations.book.codes[LEVELS]
        rows = [(code.replace("-", " "), each.means) for code, each in levels.items()]
        yield Grid(("Level", "Meaning"), rows, "Levels of an assessment")
    thresholds = brief.declarations.offer.positions
    yield said(
        "Where a strand stands is read off from what is confirmed by fixed rules: "
        f"{listed([f'“{each}”' for each in PRINTED.values()])}. What is our own, over, for "
        "others, elsewhere, a duty or one body's own practice does not count. That nothing closer "
        "was found is said only "
        f"where {thresholds.assessed_share:.0%} of what suggests the strand was assessed."
    )
    yield said(
        "The search grade says how well we looked for a strand: A where nearly all sources that "
        "cover it were crawled of late and the pages that must be met were met, D where few were."
    )


def _search_record(brief: Brief) -> Iterator[tuple[str, str]]:
    """Item to what was done; items that a scan of web sites has nothing to say of are left out."""
    runs, scan = brief.runs.rows, brief.scanned
    first = min((row.started for row in runs), default=None)
    last = max((row.started for row in runs), default=None)
    steps = {row.step: row.count for row in brief.flow.rows}
    hand = sum(row.shape == "by-hand" for row in brief.sources.rows)
    told = steps.get("described to us", 0)
    yield (
        "Sources",
        (
            f"{capital(counted(scan.sources, 'public web site'))} or parts of one, declared before "
            f"the crawl; {how_many(scan.crawled)} {was(scan.crawled)} crawled without fault. "
            "No bibliographic database was searched."
        ),
    )
    yield (
        "Browsing by hand",
        (
            f"{capital(counted(hand, 'source'))} {'is' if hand == 1 else 'are'} searched by hand; "
            "pages were also added one by one by staff."
        ),
    )
    yield (
        "Contacts",
        (
            f"{capital(counted(told, 'page'))} {'holds' if told == 1 else 'hold'} what organisers "
            "described to us; each is marked so where it is quoted."
        ),
    )
    yield (
        "Strategy",
        (
            "Every page that a source leads to is read, and scored by the words of the field "
            "(lexicon as of this day). Pages that score "
            f"{brief.declarations.lexicon.inbox.threshold:g} or more are offered to a person."
        ),
    )
    yield "Limits", f"Public pages in English or Welsh; places: {brief.region}."
    yield "Prior work", "The register began with initiatives found by desk research."
    yield "Updates", "Each source is crawled anew in its own rhythm; changes re-open decisions."
    yield (
        "Dates",
        (
            f"First run {day_of(first.date())}, last run {day_of(last.date())}; "
            f"{counted(len(runs), 'run')} in all."
            if first and last
            else "No crawl has been run yet."
        ),
    )
    yield "Records", f"{steps.get('pages met', 0)} pages met."
    copies = steps.get("a copy of another page", 0)
    yield (
        "Copies",
        (
            f"{capital(counted(copies, 'copy', 'copies'))} of another page, found by shared "
            f"passages of text, {was(copies)} put behind it and read with it."
        ),
    )


def _agreement(brief: Brief) -> Iterator[Block]:
    """How far those who decided the same agree, without naming them."""
    rows = brief.agreement.rows
    if not rows:
        yield said("Nothing was decided by two people yet: how far they agree is unknown.")
        return
    yield Grid(
        ("What", "Decided by several", "All agree", "Beyond chance", "95% interval"),
        [
            (
                row.question,
                str(row.units),
                f"{row.agreed:.0%}",
                "unknown" if row.value is None else f"{row.measure} {row.value:.2f}",
                "" if row.low is None else f"{row.low:.2f} to {row.high:.2f}",
            )
            for row in rows
        ],
        "How far those who decided the same agree",
    )


def _sources(brief: Brief) -> Iterator[Block]:
    """One paragraph on all, and a table of those that were crawled."""
    rows, scan = brief.sources.rows, brief.scanned
    bodies = len({row.organisation for row in rows})
    yield said(
        f"{capital(counted(len(rows), 'source'))} of {counted(bodies, 'organisation')} "
        f"{'is' if len(rows) == 1 else 'are'} declared. {capital(how_many(len(scan.never)))} "
        f"{was(len(scan.never))} never crawled; {how_many(len(scan.unwell))} "
        f"{'is' if len(scan.unwell) < 2 else 'are'} unwell, as the last run failed in part or "
        "whole or is overdue. The list of sources has each."
    )
    crawled = [row for row in rows if row.last_run]
    if crawled:
        yield Grid(
            ("Source", "Last looked through", "Outcome", "Pages"),
            [
                (
                    row.organisation,
                    day_of(row.last_run) if row.last_run else "",
                    text_of(row.outcome) or "by hand",
                    str(row.documents),
                )
                for row in crawled
            ],
            "Citations that were looked through",
        )
