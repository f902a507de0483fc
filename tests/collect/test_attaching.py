"""`kb attach`: what was described to us is quotable, marked wherever it is quoted, never whole."""

import json
import shutil
import zipfile
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx
import pypdf
import pytest
from conftest import Command
from files import pdf, word

import kb
from kb.collect.attaching import Attached, attach
from kb.errors import Refused, Unknown
from kb.keep.decisions import Level
from kb.report.briefing_paper import briefing_paper
from kb.report.paper_files import write_paper
from kb.report.safe import for_link

SLUG, STRAND = "race-equality-week", "talent"
QUOTE = "every director of the board has a mentor from the network of the trust"
SAID = f"Since March {QUOTE}, and meets them six times a year to hear what has to change."
SECRET = "What nobody outside is to read stands at the end of what we were given."
MARK = "[described to us, 2026-11-02]"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A home with the shipped register."""
    return Path(shutil.copytree(made_home, tmp_path / "home"))


def letter(*, html: bool = False, attachment: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "someone@example.org", "us@example.org"
    message["Subject"] = "How our scheme works"
    if html:
        message.set_content(f"<html><body><p>{SAID}</p></body></html>", subtype="html")
    else:
        message.set_content(SAID)
    if attachment:
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes()


def handed_on() -> bytes:
    message = EmailMessage()
    message["Subject"] = "Fw"
    inner = EmailMessage()
    inner["Subject"] = "How our scheme works"
    inner.set_content(SAID)
    message.add_attachment(inner)
    return message.as_bytes()


def with_a_notice() -> bytes:
    message = EmailMessage()
    message["Subject"] = "How our scheme works"
    message.set_content("Your program shows no HTML.")
    message.add_alternative(f"<html><body><p>{SAID}</p></body></html>", subtype="html")
    return message.as_bytes()


def locked() -> bytes:
    writer = pypdf.PdfWriter(BytesIO(pdf("A plan", SAID)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def attached(base: kb.KnowledgeBase, content: bytes = b"", name: str = "") -> Attached:
    return attach(
        base.workspace,
        SLUG,
        content or f"{SAID}\n{SECRET}".encode(),
        file_name=name,
        told_by="the organisers, programme lead",
        on=date(2026, 11, 2),
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", pdf("A plan", SAID)),
        ("plan.docx", word("A plan", SAID)),
        ("letter.eml", letter()),
        ("letter.eml", letter(html=True)),
        ("plan.html", f"<html><body><main><p>{SAID}</p></main></body></html>".encode()),
        ("notes.txt", SAID.encode("utf-16")),
        ("notes.txt", f"{SAID} caf\xe9".encode("cp1252")),
        ("", SAID.encode()),
    ],
)
def test_what_a_person_was_given_can_be_quoted(
    base: kb.KnowledgeBase, name: str, content: bytes
) -> None:
    made = attached(base, content, name)
    shown = base.register.document(made.document)
    assert shown.initiatives == [SLUG]
    assert QUOTE in shown.page.text
    assert "someone@example.org" not in str(shown.values())
    base.assess.assess(SLUG, STRAND, Level.complements, quote=QUOTE)
    assert made.document not in [row.document for row in base.screen.inbox(everything=True).rows]
    told = shown.values()["described_to_us"]
    assert "the organisers, programme lead on 2026-11-02" in str(told)


def test_at_most_half_of_it_is_quoted(base: kb.KnowledgeBase) -> None:
    attached(base, QUOTE.encode())
    with pytest.raises(Refused, match="never exported whole"):
        base.assess.assess(SLUG, STRAND, Level.complements, quote=QUOTE)


@pytest.mark.parametrize(
    "content",
    [
        letter().replace(b'charset="utf-8"', b'charset="x-klingon"'),
        letter(html=True).replace(b"<html><body>", b"<div>").replace(b"</body></html>", b"</div>"),
        b"\xef\xbb\xbf\n" + letter(),
        b"Subject: Plan\n\n" + f"Café: {SAID}".encode(),
        handed_on(),
        with_a_notice(),
    ],
)
def test_e_mails_as_clients_send_them_are_read(base: kb.KnowledgeBase, content: bytes) -> None:
    made = attached(base, content, "letter.eml")
    assert QUOTE in base.register.document(made.document).page.text


def test_a_title_made_of_a_pasted_text_is_not_the_whole(base: kb.KnowledgeBase) -> None:
    made = attached(base, SAID.encode())
    assert len(made.title) <= len(SAID) / 2


def test_search_marks_it_too(base: kb.KnowledgeBase, run_kb: Command) -> None:
    attached(base)
    base.close()
    (hit,) = json.loads(run_kb("search", f'"{QUOTE}"', "-f", "json").stdout)
    assert hit["snippet"].startswith(MARK)


def test_attachments_of_an_e_mail_are_named_as_not_read(base: kb.KnowledgeBase) -> None:
    made = attached(base, letter(attachment=True), "letter.eml")
    assert (made.title, made.not_read) == ("How our scheme works", ["plan.pdf"])


def test_it_is_marked_wherever_it_is_quoted(
    base: kb.KnowledgeBase, tmp_path: Path, run_kb: Command
) -> None:
    made = attached(base)
    base.assess.assess(SLUG, STRAND, Level.complements, quote=QUOTE)
    base.close()
    assert run_kb("result", SLUG, "more mentors", "--quote", QUOTE).returncode == 0
    folder = tmp_path / "out"
    folder.mkdir()
    for words in (
        ("overlaps", STRAND, "-f", "json"),
        ("worked", "-f", "json"),
        ("show", SLUG, "-f", "json"),
        ("show", SLUG, "--history", "-f", "json"),
    ):
        shown = run_kb(*words).stdout
        assert shown.count(QUOTE) == shown.count(f"{MARK} {QUOTE}") > 0, words
    for words in (
        ("export", "overlaps", "-o", str(folder / "overlaps.csv")),
        ("export", "coding", "-o", str(folder / "coding.csv")),
        ("map", "-o", str(folder / "map.html")),
        ("pack", "--for", "board", "-o", str(folder / "board.zip")),
        ("pack", "--for", "public", "-o", str(folder / "public.zip")),
    ):
        done = run_kb(*words)
        assert done.returncode == 0, done.stderr
    for packed in folder.glob("*.zip"):
        zipfile.ZipFile(packed).extractall(folder / packed.stem)
    for file in (each for each in folder.rglob("*.*") if each.suffix not in (".docx", ".zip")):
        text = file.read_bytes().decode(errors="replace")
        assert SECRET not in text, file
        in_words = f"“{QUOTE}” (described to us, 2 November 2026)"
        marked = in_words if file.name == "briefing.html" else f"{MARK} {QUOTE}"
        assert text.count(QUOTE) == text.count(marked), file
    whole = json.loads(run_kb("show", made.document, "-f", "json").stdout)
    assert whole[0]["text"] is None


def test_a_paper_says_that_we_were_told_and_cites_no_page(
    base: kb.KnowledgeBase, tmp_path: Path
) -> None:
    attached(base)
    (audience, *_) = base.workspace.declarations.offer.get(STRAND).audience
    codes = ["status=active", "role=support", "reach=england", f"audience={audience}"]
    base.register.tag(SLUG, codes)
    base.assess.assess(SLUG, STRAND, Level.duplicates, quote=QUOTE)
    path = tmp_path / "paper.docx"
    write_paper(path, briefing_paper(base.report.brief()))
    lines = [each.text for each in docx.Document(str(path)).paragraphs if QUOTE in each.text]
    assert lines
    assert all(f"“{QUOTE}” (described to us, 2 November 2026)" in line for line in lines)


def test_the_sheet_takes_a_marked_quote_back(base: kb.KnowledgeBase) -> None:
    attached(base)
    base.assess.assess(SLUG, STRAND, Level.complements, quote=f"{MARK} {QUOTE}")
    (row,) = [r for r in base.assess.overlaps(STRAND).rows if r.initiative == SLUG]
    assert row.quote == f"{MARK} {QUOTE}"
    assert not [
        r for r in base.assess.recheck().rows if r.initiative == SLUG and r.strand == STRAND
    ]


def test_the_address_of_what_we_were_told_is_no_link() -> None:
    assert for_link("https://described-to-us.invalid/2026-11-02/abc") == ""


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.pdf", b"", "empty"),
        ("", b" \n ", "empty"),
        ("locked.pdf", locked(), "encrypted"),
        ("locked.docx", OLE, "encrypted"),
        ("plan.doc", OLE, "no kind that is read"),
        ("picture.png", b"\x89PNG\r\n", "no kind that is read"),
        ("broken.pdf", b"%PDF-1.4 and then nothing", "cannot be read"),
        ("scan.pdf", pdf("A scan"), "without words"),
        ("notes.txt", b"\x00\x01\x02", "no text"),
        ("no.eml", b"\n\nno header at all", "no e-mail"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    base: kb.KnowledgeBase, name: str, content: bytes, why: str
) -> None:
    before = base.workspace.store.last_act()
    with pytest.raises(Refused) as caught:
        attach(
            base.workspace, SLUG, content, file_name=name, told_by="someone", on=date(2026, 11, 2)
        )
    assert why in str(caught.value)
    assert base.workspace.store.last_act() == before


def test_who_and_when_and_of_what_must_be_known(base: kb.KnowledgeBase) -> None:
    workspace, content, day = base.workspace, SAID.encode(), date(2026, 11, 2)
    with pytest.raises(Refused, match="who"):
        attach(workspace, SLUG, content, told_by=" ", on=day)
    with pytest.raises(Refused, match="to come"):
        attach(workspace, SLUG, content, told_by="x", on=workspace.today + timedelta(days=1))
    with pytest.raises(Unknown) as caught:
        attach(workspace, "race-equality-weak", content, told_by="x", on=day)
    assert SLUG in caught.value.hint


def test_the_same_twice_is_refused_and_undo_makes_room(base: kb.KnowledgeBase) -> None:
    made = attached(base)
    with pytest.raises(Refused, match=made.document):
        attached(base)
    base.register.undo()
    assert base.register.initiative(SLUG).documents == []
    assert base.screen.inbox(everything=True).rows == []
    again = attached(base)
    base.assess.assess(SLUG, STRAND, Level.complements, quote=QUOTE)
    assert [each.document for each in base.register.initiative(SLUG).documents] == [again.document]


def test_of_two_initiatives_it_is_one_page(base: kb.KnowledgeBase) -> None:
    made = attached(base)
    other = attach(
        base.workspace,
        "nhs-workforce-race-equality-standard",
        f"{SAID}\n{SECRET}".encode(),
        told_by="the organisers",
        on=date(2026, 11, 2),
    )
    assert other.document == made.document
    assert len(base.register.document(made.document).initiatives) == 2


def test_it_is_counted_apart_and_can_be_forgotten(base: kb.KnowledgeBase) -> None:
    made = attached(base)
    counts = {row.step: row.count for row in base.screen.flow().rows}
    assert (counts["pages met"], counts["described to us"]) == (1, 1)
    base.register.forget(made.document, why="they asked")
    for words in (SECRET, "organisers, programme lead"):
        assert base.register.everywhere(words).rows == []
    kept = b"".join(file.read_bytes() for file in base.workspace.home.archive.rglob("*.gz"))
    assert SECRET.encode() not in kept
