"""A knowledge base that keeps a horizon scan of race-equality initiatives alive.

    with kb.connect("data") as base:
        for gap in base.assess.gaps().rows:
            print(gap.strand, gap.position)

Names are loaded when they are first asked for (PEP 562), so that `import kb` stays light.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.base import KnowledgeBase, connect, make
    from kb.contract import Page, Shape, Source
    from kb.errors import KBError
    from kb.home import Home
    from kb.keep.acts import Moment
    from kb.keep.decisions import Decision, Level
    from kb.table import Table

_WHERE = {
    "Decision": "kb.keep.decisions",
    "Home": "kb.home",
    "KBError": "kb.errors",
    "KnowledgeBase": "kb.base",
    "Level": "kb.keep.decisions",
    "Moment": "kb.keep.acts",
    "Page": "kb.contract",
    "Shape": "kb.contract",
    "Source": "kb.contract",
    "Table": "kb.table",
    "connect": "kb.base",
    "make": "kb.base",
}

__version__ = "0.1.0"
__all__ = [
    "Decision",
    "Home",
    "KBError",
    "KnowledgeBase",
    "Level",
    "Moment",
    "Page",
    "Shape",
    "Source",
    "Table",
    "connect",
    "make",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'kb' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
