"""The protocol: what is looked for, shown to who screens and printed in the annex."""

from pydantic import Field

from kb.contract import Strict, Text


class Twice(Strict):
    """Which share two people read."""

    screening: float = Field(0.1, ge=0, le=1)
    overlap_assessments: float = Field(1.0, ge=0, le=1)


class Protocol(Strict):
    """The question, the unit and the criteria of the scan."""

    version: Text
    question: Text
    unit: Text
    include: tuple[str, ...] = Field(min_length=1)
    read_twice: Twice = Twice()
    calibrate: int = Field(30, ge=0)
