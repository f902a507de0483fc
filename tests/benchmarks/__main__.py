"""All benchmarks, one after the other; each starts its peers itself.

    python -m tests.benchmarks [--small]

`--small` runs each on little, so that none rots; its figures mean nothing.
"""

import argparse
import subprocess
import sys

# Module to what makes it small.
BENCHMARKS = {
    "reading": [],
    "ranking": [],
    "search": ["--documents", "300"],
    "lists": ["--initiatives", "40", "--documents", "60"],
    "map": ["--initiatives", "40", "--documents", "60"],
    "inbox": ["--pages", "200"],
    "crawl": ["--pages", "30"],
}
LONG = {"ranking"}  # of which nothing is small: left out then


def main() -> None:
    """Runs each; ends with 1 where one did not end well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    failed = []
    for name, little in BENCHMARKS.items():
        if small and name in LONG:
            continue
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{name}", *(little if small else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    if failed:
        sys.exit(f"did not end well: {', '.join(failed)}")


if __name__ == "__main__":
    main()
