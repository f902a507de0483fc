"""Who writes against the house style is told; what they wrote stands."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from kb.home import shipped

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_edit_and_import_warn_of_our_sentences_alone(run_kb: Command, tmp_path: Path) -> None:
    output = run_kb("edit", "bitc-mentoring-circles", "summary=For BAME staff.")
    assert output.returncode == 0
    assert "house style: say 'ethnic minorities', not 'BAME'" in output.stderr
    output = run_kb("edit", "bitc-mentoring-circles", "title=BAME circles")
    assert "house style" not in output.stderr
    rows = tmp_path / "rows.jsonl"
    row = json.loads(shipped("register.jsonl").read_text().splitlines()[0])
    row |= {"slug": "new-one", "title": "BAME network", "summary": "A network for BME staff."}
    row |= {"url": None, "part_of": None, "adopts": None}
    rows.write_text(json.dumps(row) + "\n")
    output = run_kb("import", str(rows))
    assert output.returncode == 0, output.stderr
    assert "house style: new-one: say 'ethnic minorities', not 'BME'" in output.stderr
