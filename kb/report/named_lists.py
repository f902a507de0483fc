"""The lists that can be exported by their name, whole."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kb.assess.conflicts import conflicts
from kb.assess.gaps import gaps, overlaps
from kb.assess.offers import offer
from kb.assess.outcomes import worked
from kb.assess.page_changes import changes
from kb.assess.recheck import recheck
from kb.report.lists import decisions, initiatives, runs_list, sources
from kb.screen.agreement import agreement
from kb.screen.duplicates import same
from kb.screen.flow import flow
from kb.screen.inbox import inbox
from kb.table import Table
from kb.workspace.snapshot import Snapshot

LISTS: Mapping[str, Callable[[Snapshot], Table[Any]]] = MappingProxyType(
    {
        "inbox": inbox,
        "same": same,
        "initiatives": initiatives,
        "overlaps": overlaps,
        "gaps": gaps,
        "offer": offer,
        "recheck": recheck,
        "conflicts": conflicts,
        "changes": changes,
        "worked": worked,
        "sources": sources,
        "runs": runs_list,
        "decisions": decisions,
        "flow": flow,
        "agreement": agreement,
    }
)
