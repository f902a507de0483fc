"""Scorers that end the process they work in: what a machine in trouble does to a reader."""

import os
import signal
from collections.abc import Collection
from pathlib import Path

from kb.declare.lexicon import Lexicon
from kb.screen.relevance import Scored, Scorer


class Killing(Scorer):
    """Kills its process at each of the first so many bodies; counted in a file."""

    def __init__(self, counter: Path, times: int) -> None:
        super().__init__(Lexicon(term=()))
        self.counter = counter
        self.times = times

    def score(
        self, title: str, summary: str, text: str, marks: Collection[str] = frozenset()
    ) -> Scored:
        """The score, where the process is still alive."""
        killed = len(self.counter.read_text()) if self.counter.exists() else 0
        if killed < self.times:
            self.counter.write_text("x" * (killed + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        return super().score(title, summary, text, marks)
