"""All declarations of a home together, each checked against the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.declare.bodies import Bodies
from kb.declare.codebook import CodeBook
from kb.declare.files import parse_toml, read_text
from kb.declare.lexicon import Lexicon
from kb.declare.offer import Offer
from kb.declare.protocol import Protocol
from kb.declare.sources import DESCRIBED, REGISTERED, Sources
from kb.errors import Declared
from kb.home import DECLARATIONS, Home


@dataclass(frozen=True)
class Declarations:
    """The text of each declaration file; each is parsed when it is first asked for."""

    texts: Mapping[str, str]
    former: frozenset[str] = frozenset()  # strands of earlier offers, renamed or removed

    @classmethod
    def of(cls, home: Home) -> "Declarations":
        """The files as they are in the home now."""
        return cls({name: read_text(home.declaration(name)) for name in DECLARATIONS})

    @cached_property
    def book(self) -> CodeBook:
        """codebook.toml."""
        return parse_toml(self.texts["codebook.toml"], CodeBook, name="codebook.toml")

    @cached_property
    def offer(self) -> Offer:
        """offer.toml, its codes checked against the code book and named as it does."""
        offer = parse_toml(self.texts["offer.toml"], Offer, name="offer.toml")
        if faults := offer.against(self.book):
            raise Declared(faults)
        return offer.named_by(self.book)

    @cached_property
    def lexicon(self) -> Lexicon:
        """lexicon.toml."""
        return parse_toml(self.texts["lexicon.toml"], Lexicon, name="lexicon.toml")

    @cached_property
    def protocol(self) -> Protocol:
        """protocol.toml."""
        return parse_toml(self.texts["protocol.toml"], Protocol, name="protocol.toml")

    @cached_property
    def bodies(self) -> Bodies:
        """bodies.toml, kinds and regions checked against the code book."""
        bodies = parse_toml(self.texts["bodies.toml"], Bodies, name="bodies.toml")
        kinds, regions = self.book.codes["organisation_kind"], self.book.codes["region"]
        faults = [
            f"bodies.toml: body {number} ({body.name}) field {field!r}: no code {code!r}"
            for number, body in enumerate(bodies.body, 1)
            for field, code, known in (
                ("kind", body.kind, kinds),
                ("region", body.region, {*regions, ""}),
            )
            if code not in known
        ]
        if faults:
            raise Declared(faults)
        return bodies

    @cached_property
    def sources(self) -> Sources:
        """sources.toml, `covers` checked against the offer, and what strands were called."""
        sources = parse_toml(self.texts["sources.toml"], Sources, name="sources.toml")
        strands = self.offer.strand
        keys = {"all", *self.former, *(name for s in strands for name in (s.key, s.was))}
        faults = [
            f"sources.toml: source {number} ({source.name}) field 'covers': no strand {key!r}"
            for number, source in enumerate(sources.source, 1)
            for key in source.covers
            if key not in keys
        ]
        if faults:
            raise Declared(faults)
        return sources

    @cached_property
    def ours(self) -> frozenset[str]:
        """The names of the bodies whose work is our own, with their parts."""
        names: set[str] = set()
        for we in self.offer.offer.we:
            names |= self.bodies.with_parts(we.body)
        return frozenset(names)

    @cached_property
    def publishers(self) -> dict[str, str]:
        """Source name, a former one too, to the organisation that publishes it."""
        sources = self.sources.source
        former = {source.was: source.organisation for source in sources if source.was}
        no_body = dict.fromkeys((REGISTERED, DESCRIBED), "")
        return {source.name: source.organisation for source in sources} | former | no_body

    def is_own(self, organisation: str) -> bool:
        """True for the name of a body whose work is our own."""
        return self.bodies.name(organisation) in self.ours

    def check(self) -> None:
        """Parses all of them; Declared for the first file that does not load."""
        for name in ("book", "offer", "lexicon", "protocol", "bodies", "sources"):
            getattr(self, name)
