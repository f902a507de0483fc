"""The sources: every site that is scanned."""

from pydantic import BaseModel, ConfigDict, model_validator

from kb.contract import Source
from kb.errors import Unknown

REGISTERED = "register"  # the name under which registered addresses are fetched
DESCRIBED = "described-to-us"  # and that under which is held what a person was given


class Sources(BaseModel):
    """Every declared source, in the order declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _one_of_each(self) -> "Sources":
        seen = {REGISTERED: "the name is kept for `kb crawl --register`"}
        seen[DESCRIBED] = "the name is kept for `kb attach`"
        for source in self.source:
            if source.name in seen:
                raise ValueError(f"source {source.name!r}: {seen[source.name]}")
            seen[source.name] = "the name is taken twice"
        return self

    def get(self, name: str) -> Source:
        """The source of that name or former name; Unknown, with the nearest, else."""
        for source in self.source:
            if name in (source.name, source.was):
                return source
        known = [source.name for source in self.source]
        raise Unknown("source", name, known, where="sources.toml")
