"""A knowledge base that keeps a horizon scan of race-equality initiatives alive.

    with kb.connect("data") as base:
        for row in base.gaps().rows:
            print(row["strand"], row["position"])

Names are loaded when they are first asked for (PEP 562), so that `import kb` stays light.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.base import KnowledgeBase, Rows, connect, make
    from kb.contract import Page, Shape, Source
    from kb.errors import KBError
    from kb.home import Home
    from kb.keep.said import Decision, Level

_WHERE = {
    "Decision": "kb.keep.said",
    "Home": "kb.home",
    "KBError": "kb.errors",
    "KnowledgeBase": "kb.base",
    "Level": "kb.keep.said",
    "Page": "kb.contract",
    "Rows": "kb.base",
    "Shape": "kb.contract",
    "Source": "kb.contract",
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
    "Page",
    "Rows",
    "Shape",
    "Source",
    "connect",
    "make",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'kb' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
