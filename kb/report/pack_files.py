"""A pack as an archive that its reader can check without kb: a bag (RFC 8493) with a read-me."""

import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from textwrap import fill

from kb.assess.gaps import CAVEAT
from kb.assess.positions import PRINTED
from kb.report.annotations import annotation_page
from kb.report.archives import timeless
from kb.report.audience import Audience
from kb.report.bag import MANIFEST, bag
from kb.report.book import heading
from kb.report.briefing_paper import briefing_paper
from kb.report.crate import METADATA, crate
from kb.report.files import whole
from kb.report.map_page import map_page
from kb.report.pack import Pack
from kb.report.paper import day_of
from kb.report.paper_page import paper_page
from kb.report.paper_word import write_word
from kb.report.tables import EXPORTERS
from kb.report.web_archive import wacz
from kb.report.workbook import write_workbook

READ_ME, WIDTH = "READ-ME.txt", 92
LICENCE_URL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LICENCE = (
    "What we wrote (lists, levels, positions) may be used under the Open Government Licence 3.0, "
    "with its source named. Titles and quotes belong to those who published them and are cited "
    "for criticism and review, each with its address."
)
SAYS = {
    "briefing.docx": "the paper, for Word",
    "briefing.html": "the same paper, for a browser",
    "map.html": "the evidence map: open it in a browser; it needs no connection",
    "lists.xlsx": "every list, for Excel, with headings in words and a heat map",
    "columns.csv": "what each column of the lists means, and its heading in words",
    "quotes.jsonld": "the quotes as W3C Web Annotations",
    "captures.wacz": "the pages behind the quotes as they were received; ReplayWeb.page opens it",
    "LICENCE.txt": "what you may do with this",
}
FOR = {
    Audience.board: (
        "This pack is for the board. It holds everything that the scan has to say of the planned "
        "offer: what is confirmed, what is only proposed, and what is asked of you. Begin with the "
        "first two pages of briefing.docx. Proposals are marked as such and no position rests on "
        "them; do not pass them on."
    ),
    Audience.partner: (
        "This pack is for a partner organisation. It holds what a person confirmed by a passage "
        "of a public page, with the level that we gave it and the passage. If we read a page of "
        "yours wrongly, tell us which row it is, and it will be looked at again."
    ),
    Audience.public: (
        "This pack is for anybody. It says where others already do something about race equality "
        "that trust boards can take up, as far as it was confirmed, and where nobody was found."
    ),
}


def write_pack(path: Path, pack: Pack, *, force: bool = False) -> None:
    """Writes the archive. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        partial.write_bytes(pack_bytes(pack))


def pack_bytes(pack: Pack) -> bytes:
    """The archive, the same bytes for the same pack."""
    files = _files(pack)
    named = f"{pack.title}: what others already do"
    files[METADATA] = crate(
        files,
        {name: SAYS.get(name, f"the list of {_list_name(name)}") for name in files},
        name=named,
        description=f"{FOR[pack.audience]} {CAVEAT}",
        licence=LICENCE,
        licence_url=LICENCE_URL,
        owner=pack.owner,
        day=pack.day,
        version=version("kb"),
    )
    return bag(
        f"kb-pack-{pack.audience}-{pack.day}",
        files,
        {READ_ME: _read_me(pack, files).encode()},
        {
            "Source-Organization": pack.owner,
            "External-Description": named,
            "Bagging-Date": pack.day.isoformat(),
            "Bag-Software-Agent": f"kb {version('kb')}",
        },
    )


def _files(pack: Pack) -> dict[str, bytes]:
    paper = briefing_paper(pack.brief)
    files = {
        "briefing.docx": timeless(_written(lambda path: write_word(path, paper))),
        "briefing.html": paper_page(paper).encode(),
        "map.html": map_page(pack.map).encode(),
        "lists.xlsx": timeless(_written(lambda path: write_workbook(path, pack.book, force=True))),
        "LICENCE.txt": f"{LICENCE}\n".encode(),
    }
    meanings: list[dict[str, object]] = []
    for name, made in pack.lists.items():
        columns = [each.name for each in made.columns]
        files[f"lists/{name}.csv"] = _csv(columns, made.rows)
        meanings += [
            {
                "list": name,
                "column": each.name,
                "heading": heading(each.name),
                "means": each.meaning,
            }
            for each in made.columns
        ]
    files["columns.csv"] = _csv(["list", "column", "heading", "means"], meanings)
    if pack.audience.sees_quotes:
        files["quotes.jsonld"] = annotation_page(pack.annotations).encode()
    if pack.captured:
        title = f"Pages behind the quotes, as of {pack.day}"
        files["captures.wacz"] = wacz(pack.captured, title=title, day=pack.day)
    return files


def _csv(columns: list[str], rows: object) -> bytes:
    out = StringIO(newline="")
    EXPORTERS["csv"](columns, rows, out)  # type: ignore[arg-type]
    return out.getvalue().encode("utf-8-sig")


def _written(write: Callable[[Path], None]) -> bytes:
    """What a writer of files makes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        write(path)
        return path.read_bytes()


def _list_name(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".csv")


def _read_me(pack: Pack, files: Mapping[str, bytes]) -> str:
    """What this is, for whom, how to read it, and how to check that it is whole."""
    for_whom = f" For {pack.recipient}." if pack.recipient else ""
    lines = [
        f"{pack.title}: what others already do",
        f"As of {day_of(pack.day)}. {pack.owner}.{for_whom}",
        "",
        FOR[pack.audience],
        "",
        "WHAT IS IN IT (folder data)",
        *(f"  {name:22} {SAYS[name]}" for name in SAYS if name in files),
        *(
            f"  {name:22} the same list for programs"
            for name in sorted(files)
            if name.startswith("lists/")
        ),
        f"  {METADATA:22} what this is, for programs (RO-Crate 1.3)",
        *(["", f"Note: {pack.note}."] if pack.note else []),
        "",
        "HOW TO READ WHERE A STRAND STANDS",
        *(f"  {text}" for text in PRINTED.values()),
        "",
        CAVEAT,
        "A row marked 'to be looked at again' rests on a page or a wording that has changed since.",
        "The search grade says how well we looked: A well, D hardly.",
        "",
        "HOW TO CHECK THAT NOTHING WAS CHANGED",
        "  In this folder, with no program of ours:",
        f"    sha256sum -c {MANIFEST}",
        "  On a Mac: shasum -a 256 -c; on Windows: any program for BagIt bags (RFC 8493).",
        "",
        LICENCE,
    ]
    return "".join(f"{fill(line, WIDTH)}\n" for line in lines)
