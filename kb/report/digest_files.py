"""The digest as Markdown, a page or a feed."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from xml.etree import ElementTree

from jinja2 import Environment

from kb.errors import Unknown
from kb.report.digest import Digest, Line, Section
from kb.report.files import whole
from kb.report.safe import for_document, for_link, for_markdown

ATOM = "http://www.w3.org/2005/Atom"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>{{ digest.title }}</title>
</head>
<body>
<h1>{{ digest.title }}</h1>
{% if digest.note %}<p>{{ digest.note }}</p>
{% endif %}
<p>{{ digest.waiting }}</p>
{% for section in digest.sections %}
<h2>{{ section.heading }}</h2>
<ul>
{% for line in section.lines %}
<li>{% if link(line.url) %}<a href="{{ link(line.url) }}">{{ line.text }}</a>{% else %}{{ line.text }}{% endif %}</li>
{% endfor %}
</ul>
<p><code>{{ section.command }}</code></p>
{% else %}
<p>Nothing is new.</p>
{% endfor %}
</body>
</html>
"""  # noqa: E501 - a line of the page


def write_digest(path: Path, digest: Digest, *, force: bool = False) -> None:
    """Writes the digest in the format of the suffix.

    Raises Unknown for another, Refused for a file that exists, without `force`.
    """
    suffix = path.suffix.removeprefix(".").casefold()
    if suffix not in FORMATS:
        raise Unknown("format", suffix, FORMATS, where="kb digest")
    with whole(path, force=force) as partial:
        partial.write_text(FORMATS[suffix](digest), encoding="utf-8")


def as_markdown(digest: Digest) -> str:
    """Headings and lists; what comes from outside is escaped."""
    lines = [f"# {for_markdown(digest.title)}", ""]
    lines += [for_markdown(digest.note), ""] if digest.note else []
    lines += [for_markdown(digest.waiting), ""]
    for section in digest.sections:
        lines += [f"## {for_markdown(section.heading)}", ""]
        lines += [f"- {_linked(line)}" for line in section.lines]
        lines += ["", f"`{section.command}`", ""]
    if not digest.sections:
        lines += ["Nothing is new.", ""]
    return "\n".join(lines)


def _linked(line: Line) -> str:
    url = for_link(line.url)
    # An address in angle brackets may hold anything but these.
    bare = url.replace("<", "%3C").replace(">", "%3E")
    return f"[{for_markdown(line.text)}](<{bare}>)" if url else for_markdown(line.text)


def as_html(digest: Digest) -> str:
    """One page without style, script or pictures."""
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(PAGE)
    return page.render(digest=digest, link=for_link)


def as_atom(digest: Digest) -> str:
    """A feed with an entry a section (RFC 4287).

    The feed has one id, whenever it is written; an entry's rests on its day and what it is about.
    """
    updated = datetime.combine(digest.day, time(), UTC).isoformat()
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", f"{digest.scan}: what is new")
    _add(feed, "subtitle", digest.waiting)
    _add(feed, "id", _urn(f"kb digest of {digest.scan}"))
    _add(feed, "updated", updated)
    _add(_add(feed, "author", ""), "name", "kb")
    for section in digest.sections:
        entry = _add(feed, "entry", "")
        _add(entry, "title", section.heading)
        _add(entry, "id", _urn(f"{digest.scan} {digest.day} {section.command} {section.heading}"))
        _add(entry, "updated", updated)
        _add(entry, "content", _content(section)).set("type", "text")
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def _content(section: Section) -> str:
    lines = (f"{line.text} {for_link(line.url)}".strip() for line in section.lines)
    return "\n".join([*lines, section.command])


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = for_document(text) or None
    return child


def _urn(text: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, text).urn


FORMATS: dict[str, Callable[[Digest], str]] = {"md": as_markdown, "html": as_html, "atom": as_atom}
