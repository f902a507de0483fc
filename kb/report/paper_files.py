"""A paper as a file, in the format of its suffix."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from kb.errors import Refused, Unknown
from kb.report.files import whole
from kb.report.paper import Paper
from kb.report.paper_page import paper_page
from kb.report.paper_word import write_word

OFFICE = ("soffice", "libreoffice")
# Tagged, so that a screen reader can walk it.
AS_PDF = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
SECONDS = 120  # that an office may take for one paper


def write_paper(path: Path, paper: Paper, *, force: bool = False) -> None:
    """Writes the paper as .docx, .html or .pdf.

    Raises Unknown for another format, Refused for a file that exists, without `force`, and for
    .pdf where there is no LibreOffice.
    """
    suffix = path.suffix.removeprefix(".").casefold()
    if suffix not in FORMATS:
        raise Unknown("format", suffix, FORMATS, where="a briefing")
    with whole(path, force=force) as partial:
        FORMATS[suffix](partial, paper)


def _write_page(path: Path, paper: Paper) -> None:
    path.write_text(paper_page(paper), encoding="utf-8")


def _write_pdf(path: Path, paper: Paper) -> None:
    """By way of Word, so that both have the same pages."""
    office = next((found for name in OFFICE if (found := shutil.which(name))), None)
    if office is None:
        raise Refused(
            "a PDF is made by LibreOffice, which is not here",
            hint="install it, or write briefing.docx or briefing.html",
        )
    with tempfile.TemporaryDirectory() as folder:
        word = Path(folder) / "briefing.docx"
        write_word(word, paper)
        # A profile of its own: an office that is open would take the work, and do nothing.
        command = [
            office, f"-env:UserInstallation={Path(folder).as_uri()}/profile", "--headless",
            "--convert-to", AS_PDF,
            "--outdir", folder, str(word),
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Refused(f"LibreOffice took longer than {SECONDS} s") from error
        made = word.with_suffix(".pdf")
        if done.returncode or not made.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Refused(f"LibreOffice made no PDF: {said[-1] if said else 'it does not say why'}")
        path.write_bytes(made.read_bytes())


FORMATS: dict[str, Callable[[Path, Paper], None]] = {
    "docx": write_word,
    "html": _write_page,
    "pdf": _write_pdf,
}
