"""Drawings for papers: boxes, lines and words, as SVG for a page and as PNG for Word.

Both are made of the same marks, so that a page and a document show one picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

SCALE = 3  # pixels of a PNG to a unit: sharp at the width of an A4 page
INK, PAPER = "#1d2433", "#ffffff"
HATCH = 7  # units between two lines of a hatched box
DASH = 5


@dataclass(frozen=True)
class Box:
    """A rectangle: filled, hatched on its fill, or with a dashed edge."""

    x: float
    y: float
    width: float
    height: float
    fill: str = PAPER
    edge: str = INK
    form: Literal["plain", "hatched", "dashed"] = "plain"


@dataclass(frozen=True)
class Label:
    """A line of text; `y` is its middle."""

    x: float
    y: float
    text: str
    size: float = 13
    bold: bool = False
    colour: str = INK
    anchor: Literal["start", "middle"] = "start"


@dataclass(frozen=True)
class Arrow:
    """A line down or to the right with a head at its end."""

    x: float
    y: float
    to_x: float
    to_y: float


Mark = Box | Label | Arrow


@dataclass(frozen=True)
class Drawing:
    """Marks on a sheet of that size, and what they say to who cannot see them."""

    width: float
    height: float
    marks: Sequence[Mark]
    says: str


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How many units a line takes."""
    return float(_font(size).getlength(text)) / SCALE * (1.06 if bold else 1.0)


def lines_of(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than that; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def as_svg(drawing: Drawing) -> str:
    """The drawing as an SVG element; its style is in attributes, which any policy allows."""
    marks = "".join(part for mark in drawing.marks for part in _svg(mark))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(drawing.says)}" '
        f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" '
        f'width="{drawing.width:g}" height="{drawing.height:g}">'
        '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0V7" stroke="{INK}" stroke-width="2.4"/>'
        f"</pattern></defs>{marks}</svg>"
    )


def _svg(mark: Mark) -> Iterator[str]:
    if isinstance(mark, Label):
        anchor = ' text-anchor="middle"' if mark.anchor == "middle" else ""
        bold = ' font-weight="bold"' if mark.bold else ""
        yield (
            f'<text x="{mark.x:g}" y="{mark.y:g}" dominant-baseline="central" '
            f'font-family="Arial, Helvetica, sans-serif" font-size="{mark.size:g}" '
            f'fill="{mark.colour}"{anchor}{bold}>{escape(mark.text)}</text>'
        )
    elif isinstance(mark, Arrow):
        yield (
            f'<path d="M{mark.x:g} {mark.y:g}L{mark.to_x:g} {mark.to_y:g}" stroke="{INK}" '
            'stroke-width="1.2" fill="none"/>'
        )
        corners = " ".join(f"{x:g},{y:g}" for x, y in _head(mark))
        yield f'<polygon points="{corners}" fill="{INK}"/>'
    else:
        place = f'x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}"'
        dashed = f' stroke-dasharray="{DASH} 3"' if mark.form == "dashed" else ""
        yield f'<rect {place} fill="{mark.fill}" stroke="{mark.edge}"{dashed}/>'
        if mark.form == "hatched":
            yield f'<rect {place} fill="url(#hatch)" stroke="{mark.edge}"/>'


def as_png(drawing: Drawing) -> bytes:
    """The drawing as a PNG, the same bytes each time."""
    size = (round(drawing.width * SCALE), round(drawing.height * SCALE))
    image = Image.new("RGB", size, PAPER)
    for mark in drawing.marks:
        _paint(image, mark)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _paint(image: Image.Image, mark: Mark) -> None:
    draw = ImageDraw.Draw(image)
    if isinstance(mark, Label):
        anchor = "mm" if mark.anchor == "middle" else "lm"
        stroke = 1 if mark.bold else 0
        place = (mark.x * SCALE, mark.y * SCALE)
        font = _font(mark.size)
        draw.text(place, mark.text, mark.colour, font, anchor, stroke_width=stroke)
    elif isinstance(mark, Arrow):
        ends = (mark.x * SCALE, mark.y * SCALE, mark.to_x * SCALE, mark.to_y * SCALE)
        draw.line(ends, INK, SCALE)
        draw.polygon([(x * SCALE, y * SCALE) for x, y in _head(mark)], INK)
    else:
        left, top = mark.x * SCALE, mark.y * SCALE
        right, bottom = left + mark.width * SCALE, top + mark.height * SCALE
        draw.rectangle((left, top, right, bottom), mark.fill)
        if mark.form == "hatched":
            _hatch(image, (round(left), round(top), round(right), round(bottom)))
        if mark.form == "dashed":
            for dash in _dashes(left, top, right, bottom):
                draw.line(dash, mark.edge, SCALE // 2 + 1)
        else:
            draw.rectangle((left, top, right, bottom), None, mark.edge, SCALE // 2 + 1)


def _hatch(image: Image.Image, area: tuple[int, int, int, int]) -> None:
    """Lines from the lower left to the upper right, within the area."""
    left, top, right, bottom = area
    if right <= left or bottom <= top:
        return
    tile = image.crop(area)
    draw, (width, height) = ImageDraw.Draw(tile), tile.size
    for start in range(-height, width, round(HATCH * SCALE * 1.4)):
        draw.line((start, height, start + height, 0), INK, round(2.4 * SCALE))
    image.paste(tile, (left, top))


def _dashes(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[float, ...]]:
    step, dash = (DASH + 3) * SCALE, DASH * SCALE
    at = left
    while at < right:
        end = min(at + dash, right)
        yield from ((at, top, end, top), (at, bottom, end, bottom))
        at += step
    at = top
    while at < bottom:
        end = min(at + dash, bottom)
        yield from ((left, at, left, end), (right, at, right, end))
        at += step


def _head(arrow: Arrow) -> list[tuple[float, float]]:
    x, y = arrow.to_x, arrow.to_y
    if arrow.x == arrow.to_x:
        return [(x, y), (x - 4, y - 7), (x + 4, y - 7)]
    return [(x, y), (x - 7, y - 4), (x - 7, y + 4)]


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType: it cannot write at that size")
    return font
