"""The map as one page: data, style and script inline."""

import base64
import hashlib
import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from kb.report.evidence_map import EvidenceMap
from kb.report.files import whole
from kb.report.safe import for_link, for_script

TEMPLATES = files("kb.report") / "templates"


def write_map(path: Path, content: EvidenceMap, *, force: bool = False) -> None:
    """Writes the map. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        partial.write_text(map_page(content), encoding="utf-8")


def map_page(content: EvidenceMap) -> str:
    """The map as a page: data, style and script inline, under a policy that allows no other."""
    style, script = _read("map.css"), _read("map.js")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        _read("map.html")
    )
    data = map_data(content)
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return page.render(
        data,
        data=Markup(for_script(packed)),  # noqa: S704 - made safe for where it goes
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        policy=policy_for(style=style, script=script),
    )


def policy_for(*, style: str, script: str = "") -> str:
    """What a page with that style and script may do: nothing else, and ask nobody."""
    run = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; {run}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    )


def map_data(content: EvidenceMap) -> dict[str, object]:
    """The map as its page reads it: an initiative has its codes beside its name."""
    data = asdict(content)
    data["initiatives"] = [
        {
            **{name: value for name, value in each.items() if name != "codes"},
            **each["codes"],
            "url": for_link(str(each["url"] or "")),
        }
        for each in data["initiatives"]
    ]
    return data


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
