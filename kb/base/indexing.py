"""What the index is told: an entry for each initiative and document, and the words beside them."""

from collections.abc import Collection, Iterator

from kb.declare.bodies import Bodies
from kb.declare.codebook import FACETS
from kb.declare.declarations import Declarations
from kb.declare.sources import REGISTERED
from kb.find.entries import Entry, Words
from kb.find.lexicon import Alternatives, fold
from kb.keep import documents, register
from kb.keep.store import Reading

KIND_OF_BODY = "organisation_kind"  # found by its words, no facet to filter by


def entries_of(
    reading: Reading,
    declarations: Declarations,
    document_ids: Collection[int] | None = None,
    initiative_ids: Collection[int] | None = None,
) -> Iterator[Entry]:
    """Entries of those documents and initiatives; of all where none are named."""
    bodies = declarations.bodies
    for each in register.entries(reading, initiative_ids).values():
        profile = each.profile
        yield Entry(
            id=f"i{each.id}",
            part="register",
            number=each.id,
            title=profile.title,
            organisation=profile.organisation,
            url=profile.url or "",
            summary=profile.summary,
            slug=each.slug,
            when=profile.started or "",
            body=bodies.name(profile.organisation),
            names=bodies.spellings(profile.organisation),
            codes=each.tags | {KIND_OF_BODY: [profile.organisation_kind or ""]},
        )
    organisations = source_organisations(declarations)
    judged = documents.verdicts(reading).keys() | documents.memberships(reading).keys()
    for held in documents.each_held(reading, document_ids):
        organisation = organisations.get(held.document.source, "")
        yield Entry(
            id=f"d{held.id}",
            part="documents",
            number=held.id,
            document=f"d{held.id}",
            title=held.revision.title,
            organisation=organisation,
            url=held.standing.url,
            summary=held.revision.summary,
            text=held.revision.text,
            when=str(held.revision.updated_on or held.revision.published_on or "")[:10],
            body=bodies.name(organisation) if organisation else "",
            names=bodies.spellings(organisation) if organisation else (),
            judged=held.id in judged,
        )


def source_organisations(declarations: Declarations) -> dict[str, str]:
    """Source name to the organisation that publishes it."""
    found = {source.name: source.organisation for source in declarations.sources.source}
    return (
        found
        | {source.was: source.organisation for source in declarations.sources.source if source.was}
        | {REGISTERED: ""}
    )


def words_of(declarations: Declarations) -> Words:
    """The lexicon's forms, the bodies that a filter widens to, regions and codes."""
    book = declarations.book
    return Words(
        alternatives=Alternatives.of(declarations.lexicon.term),
        bodies=_filters(declarations.bodies),
        regions={code: book.around(code) for code in book.codes["region"]},
        codes={facet: list(book.codes[facet]) for facet in FACETS},
    )


def _filters(bodies: Bodies) -> dict[str, list[str]]:
    return {
        fold(spelling): sorted(bodies.with_parts(body.name))
        for body in bodies.body
        for spelling in (body.name, *body.also)
    }
