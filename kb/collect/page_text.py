"""The text of an HTML page: what an extractor finds, and what it leaves out among it.

trafilatura finds where the content stands and drops what looks like furniture: lists of links,
captions, headings that are buttons. What stands among the lines it took is put back in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import trafilatura
from lxml import etree, html
from lxml.cssselect import CSSSelector

from kb.collect.body import ReadError
from kb.collect.noise import FURNITURE, SENTENCE
from kb.failures import FailureKind
from kb.text.clean import clean, clean_lines

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    "html body main article section header footer aside nav form div p ul ol li dl dt dd table "
    "thead tbody tfoot tr td th caption figure figcaption blockquote pre details summary fieldset "
    "legend address hr br".split()
) | set(HEADINGS)
# Parts of a page that say of themselves that they are no content.
BESIDE = etree.XPath(
    "descendant::*[self::nav or self::aside or self::footer or self::dialog or "
    "self::select or self::textarea or self::button[not(ancestor::h1 or ancestor::h2 or "
    "ancestor::h3 or ancestor::h4 or ancestor::h5 or ancestor::h6)] or "
    "self::form[not(descendant::h1 or descendant::main or descendant::article)] or "
    "@role='navigation' or @role='complementary' or @role='contentinfo' or "
    "@role='search' or @role='dialog' or @role='alert' or @role='banner']"
)
WRAPPERS = frozenset(
    "li ul ol dl dt dd figure figcaption table thead tbody tr td th caption".split()
)
NOT_WORDS = ("script", "style", "noscript", "template", "svg", "iframe", "object")
DECLARED = etree.XPath(
    "boolean(ancestor-or-self::main or ancestor-or-self::article or "
    "ancestor-or-self::*[@role='main' or @itemprop='articleBody'])"
)
MOST_OPENING = 3  # paragraphs behind the heading
COLUMN_CHARACTERS = 60  # a column that says less may hold a headline of the page by chance
SPEAKING_WORDS = 4
TELLING_CHARACTERS = 12  # a shorter line may stand in many places by chance
MARKS = {"li": "- "}  # as the extractor writes the items of a list


@dataclass(frozen=True)
class Block:
    """A line of a page, with the element that holds its words."""

    element: html.HtmlElement
    text: str

    @property
    def squeezed(self) -> str:
        """Its letters without spaces: extractors differ in these."""
        return squeezed(self.text)


def text_of(tree: html.HtmlElement, url: str, select: str = "", *, news: bool = False) -> str:
    """The lines of the content of a page; "" where it has no words.

    `select` is CSS for the content (ReadError, `structure changed`, where nothing matches).
    `news` says that the page calls itself a news article: what an extractor leaves out of
    these is mostly the way to other articles.
    """
    etree.strip_elements(tree, *NOT_WORDS, with_tail=False)
    scope = _selected(tree, select) if select else _main(tree)
    if scope is None:
        scope = tree
    lines = _extracted(scope, url)
    if not lines and scope is not tree and not select:
        scope, lines = tree, _extracted(tree, url)
    blocks = list(_blocks(scope))
    if len(lines) < 2:
        lines = _told_apart(lines, blocks)
    elif not news:
        lines = _completed(lines, blocks)
    if scope is not tree and not select:
        lines = [*_opening(tree, scope), *lines]
    return clean_lines("\n".join(lines))


def _opening(tree: html.HtmlElement, main: html.HtmlElement) -> list[str]:
    """The sentences that stand with the heading of the page, where that is before its content.

    None where the content has the heading, or the heading is that of the site.
    """
    heading = next(iter(tree.xpath("//h1[not(ancestor::nav or ancestor::footer)]")), None)
    if heading is None or main.xpath("descendant::h1") or main in heading.iterancestors():
        return []
    block = heading.getparent()
    within = block is None or block.tag in ("body", "html", "header")
    if within or heading.xpath("boolean(ancestor::header)") or main in block.iterdescendants():
        return []
    behind = heading.xpath("following-sibling::*[not(self::nav or self::form)]")
    said = [" ".join(each.text_content().split()) for each in behind]
    return [each for each in said if SENTENCE.search(each)][:MOST_OPENING]


def link_share(tree: html.HtmlElement) -> float | None:
    """The share of the letters of the content that stand in links; None for a page without any.

    Of what stands beside the content nothing counts.
    """
    scope = _main(tree)
    scope = tree if scope is None else scope
    beside = set(BESIDE(scope))
    whole = linked = 0
    for text in scope.xpath(".//text()"):
        around = [text.getparent(), *text.getparent().iterancestors()]
        if any(each in beside or each.tag in NOT_WORDS for each in around):
            continue
        letters = sum(map(str.isalnum, text))
        whole += letters
        linked += letters if any(each.tag == "a" for each in around) else 0
    return round(linked / whole, 2) if whole else None


def squeezed(text: str) -> str:
    """The text without spaces and without the marks of lists and tables."""
    return "".join(text.split()).replace("|", "").lstrip("-")


def _selected(tree: html.HtmlElement, select: str) -> html.HtmlElement:
    elements = CSSSelector(select)(tree)
    if not elements:
        raise ReadError(FailureKind.structure_changed, f"nothing matches {select!r}")
    inner = "".join(html.tostring(element, encoding="unicode") for element in elements)
    return html.fromstring(f"<html><body><article>{inner}</article></body></html>")


def _main(tree: html.HtmlElement) -> html.HtmlElement | None:
    """The one element that a page says is its content; None where it says none, or several."""
    mains = tree.xpath("//main") or tree.xpath("//*[@role='main']")
    return mains[0] if len(mains) == 1 else None


def _extracted(scope: html.HtmlElement, url: str) -> list[str]:
    """The lines that the extractor takes for content."""
    inner = html.tostring(scope, encoding="unicode", with_tail=False)
    whole = inner if scope.tag == "html" else f"<html><body>{inner}</body></html>"
    text = trafilatura.extract(whole, url=url, include_comments=False, include_tables=True) or ""
    return [line for line in text.splitlines() if line.strip()]


def _blocks(scope: html.HtmlElement) -> Iterator[Block]:
    """The lines of what is shown, in the order of the page."""
    beside = set(BESIDE(scope))
    owners, words = [scope], [scope.text or ""]

    def line() -> Iterator[Block]:
        text = " ".join("".join(words).split())
        words.clear()
        if any(char.isalnum() for char in text):
            yield Block(owners[-1], text)

    walk = etree.iterwalk(scope, events=("start", "end"))
    for event, element in walk:
        begins = event == "start"
        if element is scope or not isinstance(element.tag, str):
            continue
        if element in beside and begins:
            walk.skip_subtree()
        if element.tag in BLOCKS or element in beside:
            yield from line()
            owners.append(element) if begins else owners.pop()
        if not (element in beside and begins):
            words.append((element.text if begins else element.tail) or "")
    yield from line()


def _told_apart(lines: list[str], blocks: list[Block]) -> list[str]:
    """What is short an extractor runs together; a line each is what can be compared.

    Where it found nothing, all lines of the page.
    """
    run_together = squeezed("".join(lines))
    apart = [each for each in blocks if not lines or each.squeezed in run_together]
    whole = sum(len(each.squeezed) for each in apart) >= len(run_together)
    return _completed([_marked(each) for each in apart], blocks) if whole else lines


def _completed(lines: list[str], blocks: list[Block]) -> list[str]:
    """The lines with those of the page that stand among them and were left out.

    Among them is what lies between two of one column, or in a column of what the page itself
    calls its content; and in that content, what stands under a heading that leads nowhere else.
    """
    taken_text = squeezed("".join(squeezed(line) for line in lines))
    at = {line: number for number, line in reversed(list(enumerate(map(squeezed, lines))))}
    taken = [each.squeezed in at or each.squeezed in taken_text for each in blocks]
    columns = _columns([each if taken[n] else None for n, each in enumerate(blocks)])
    behind: dict[int, list[str]] = {}
    place, headed, elsewhere = -1, False, False
    for number, each in enumerate(blocks):
        if _is_heading(each):
            headed, elsewhere = True, bool(FURNITURE.search(each.text))
        if taken[number]:
            place = at.get(each.squeezed, _place(each.squeezed, lines, place))
            continue
        declared = headed and not elsewhere and DECLARED(each.element) and _speaks(each)
        if declared or _is_among(each, number, columns):
            behind.setdefault(place, []).append(_marked(each))
    completed = behind.get(-1, [])
    for number, line in enumerate(lines):
        completed += [line, *behind.get(number, [])]
    return completed


def _columns(taken: list[Block | None]) -> dict[html.HtmlElement, tuple[int, int]]:
    """The columns of the content, with the numbers of the first and the last line taken."""
    numbers: dict[html.HtmlElement, list[int]] = {}
    for number, each in enumerate(taken):
        if each is not None and len(each.squeezed) >= TELLING_CHARACTERS:
            numbers.setdefault(_column(each), []).append(number)
    spoken = {
        column: sum(len(each.squeezed) for n in held if (each := taken[n]))
        for column, held in numbers.items()
    }
    return {
        column: (held[0], held[-1])
        for column, held in numbers.items()
        if spoken[column] >= COLUMN_CHARACTERS
    }


def _is_among(block: Block, number: int, columns: dict[html.HtmlElement, tuple[int, int]]) -> bool:
    own = _column(block)
    if own in columns and DECLARED(own):
        return True
    held = next((each for each in (own, *own.iterancestors()) if each in columns), None)
    return held is not None and columns[held][0] < number < columns[held][1]


def _is_heading(block: Block) -> bool:
    """True for a heading, also one whose words stand in a button or a link of it."""
    around = [block.element, *islice(block.element.iterancestors(), 2)]
    return any(each.tag in HEADINGS for each in around)


def _speaks(block: Block) -> bool:
    """True for what is no label of a button: a heading, an item of a list, some words."""
    lists = any(each.tag in WRAPPERS for each in (block.element, block.element.getparent()))
    return lists or _is_heading(block) or len(block.text.split()) >= SPEAKING_WORDS


def _place(text: str, lines: list[str], place: int) -> int:
    """The number of the line, from `place` on, that holds the text; `place` where none does."""
    after = range(max(place, 0), len(lines))
    return next((number for number in after if text in squeezed(lines[number])), place)


def _column(block: Block) -> html.HtmlElement:
    """What holds the paragraph, list, table or figure that a line belongs to."""
    element, column = block.element, block.element.getparent()
    while column is not None and column.tag in WRAPPERS:
        element, column = column, column.getparent()
    return element if column is None else column


def _marked(block: Block) -> str:
    return MARKS.get(block.element.tag, "") + clean(block.text)
