"""Quotes as W3C Web Annotations, which any annotation client can put on their pages.

https://www.w3.org/TR/annotation-model/: each has a TextQuoteSelector with what stands before and
after, so that the passage is found again in a page that has it more than once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from kb.assess.evidence import evidence_of
from kb.assess.gaps import Overlap
from kb.keep import documents
from kb.keep.crawled import Revision
from kb.keep.decisions import Basis
from kb.report.safe import for_link
from kb.text.described import unmarked
from kb.text.quotes import locate
from kb.workspace.snapshot import Snapshot

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
AROUND = 32  # characters before and after


def annotations(
    snapshot: Snapshot, rows: Sequence[Overlap], names: Mapping[str, str]
) -> list[dict[str, object]]:
    """An annotation for each confirmed quote that stands on a page of the web, in their order.

    `names`: strand to what it is called. What was described to us stands nowhere, and has none.
    """
    return list(_annotations(snapshot, rows, names))


def _annotations(
    snapshot: Snapshot, rows: Sequence[Overlap], names: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    evidence = evidence_of(snapshot)
    ids = {each.slug: number for number, each in snapshot.register.items()}
    for row in rows:
        leading = evidence.judgements[ids[row.initiative], row.strand].leading
        revision = snapshot.reading.get(Revision, leading.revision)
        url = for_link(row.url or "")
        if row.basis != Basis.confirmed or not row.quote or revision is None or not url:
            continue
        if leading.revision in snapshot.told_on:
            continue
        text = documents.texts(snapshot.reading, [revision.id or 0])[revision.id or 0]
        place = locate(unmarked(row.quote), text)
        if place is None:  # the text was taken out on request
            continue
        end = place.start + place.length
        yield {
            "id": uuid5(NAMESPACE_URL, f"{url} {row.strand} {leading.id}").urn,
            "type": "Annotation",
            "motivation": "assessing",
            "created": row.made_at.isoformat(timespec="seconds"),
            "body": [
                {
                    "type": "TextualBody",
                    "purpose": "assessing",
                    "value": f"{row.level}: {names.get(row.strand, row.strand)}",
                    "format": "text/plain",
                    "language": "en-GB",
                }
            ],
            "target": {
                "source": url,
                "state": {
                    "type": "TimeState",
                    "sourceDate": revision.fetched_at.isoformat(timespec="seconds"),
                },
                "selector": {
                    "type": "TextQuoteSelector",
                    "exact": text[place.start : end],
                    "prefix": text[max(0, place.start - AROUND) : place.start],
                    "suffix": text[end : end + AROUND],
                },
            },
        }


def annotation_page(items: Sequence[Mapping[str, object]]) -> str:
    """The annotations as one page of them, in JSON-LD."""
    page = {"@context": CONTEXT, "type": "AnnotationPage", "items": items}
    return json.dumps(page, ensure_ascii=False, indent=1) + "\n"
