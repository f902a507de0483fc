"""How large the map of a large register is, how long it takes to write, and to open in a browser.

    python -m tests.benchmarks.map [--initiatives 2000] [--documents 5000]

Asked: under 2 MB, open in 1 s, written in at most 2 s more than `kb status` on the same home.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks.lists import filled

TIMES = 3


def command(home: Path, *words: str) -> float:
    """The seconds a command takes in a process of its own."""
    begun = time.perf_counter()
    kb = [sys.executable, "-m", "kb", "--home", str(home), *words]
    subprocess.run(kb, check=True, capture_output=True)
    return time.perf_counter() - begun


def opened(file: Path) -> float:
    """The best of three times until the cells of the map are there."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        taken = []
        for _ in range(TIMES):
            page = browser.new_page()
            begun = time.perf_counter()
            page.goto(file.as_uri())
            page.wait_for_selector("td.cell > button")
            taken.append(time.perf_counter() - begun)
            page.close()
        browser.close()
    return min(taken)


def main() -> None:
    """Prints each figure beside what is asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--initiatives", type=int, default=2000)
    parser.add_argument("--documents", type=int, default=5000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder) / "home", Path(folder) / "map.html"
        filled(home, wanted.initiatives, wanted.documents)
        status = command(home, "status")
        written = command(home, "map", "-o", str(file))
        size = file.stat().st_size / 1_000_000
        print(f"map of {wanted.initiatives} initiatives: {size:.2f} MB (2 asked)")
        print(
            f"written in {written:.1f} s, status {status:.1f} s: {written - status:+.1f} (2 asked)"
        )
        print(f"opened in {opened(file):.2f} s (1 asked)")


if __name__ == "__main__":
    main()
