"""Crawls a real WordPress while its posts are edited and binned, and says what came.

    python -m tests.wordpress

Needs Debian 12 with its package lists (`apt-get update`), and the right to read them.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import kb
from kb.home import Home
from kb.keep import documents
from tests.wordpress.site import WordPress, served

POSTS, DRAFTS = 30, 2
AUDIENCES = "boards chairs governors executives directors".split()
SOURCE = """
[[source]]
name = "wordpress"
organisation = "A Body"
shape = "wordpress"
start = ["{address}/"]
"""


def make_posts(site: WordPress) -> list[int]:
    """Thirty posts by the site's own API, the last two drafts, the one before behind a password."""
    made = []
    for number in range(1, POSTS + 1):
        fields = {"status": "draft" if number > POSTS - DRAFTS else "publish"}
        if number == POSTS - DRAFTS:
            fields["password"] = "a secret"
        audience = AUDIENCES[number % len(AUDIENCES)]
        made.append(
            site.write(
                "posts",
                title=f"Race equality programme {number} for {audience}",
                content=f"<p>Cohort {number} of a mentoring programme on race equality, open to "
                f"{audience} of every NHS trust. It has run since {1990 + number}.</p>",
                **fields,
            )["id"]
        )
    return made


def crawled(home: Path) -> str:
    """The last line of a crawl."""
    command = [sys.executable, "-m", "kb", "--home", str(home), "crawl"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1]


def expect(output: str, expected: str) -> None:
    """Prints what came; SystemExit where it is not what should have come."""
    print(f"{output}{'' if output.endswith(expected) else f'   <- expected {expected}'}")
    if not output.endswith(expected):
        raise SystemExit(1)


def main() -> None:
    """One site, five crawls."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as site:
        posts = make_posts(site)
        home = Home(Path(folder) / "home")
        home.path.mkdir()
        home.declaration("sources.toml").write_text(SOURCE.format(address=site.address))
        kb.make(home, by="ana", register=False).close()
        # 27 open posts, and the post and the page that WordPress comes with.
        expect(crawled(home.path), "29 new, 0 changed, 0 same; ok")
        expect(crawled(home.path), "0 new, 0 changed, 29 same; ok")
        site.write(f"posts/{posts[0]}", content="<p>Cohort 1 has ended. A second one begins.</p>")
        expect(crawled(home.path), "0 new, 1 changed, 28 same; ok")
        site.trash(f"posts/{posts[1]}")
        expect(crawled(home.path), "0 new, 0 changed, 28 same; ok")
        expect(crawled(home.path), "0 new, 0 changed, 28 same, 1 gone; ok")
        with kb.connect(home.path) as base, base.workspace.store.reading() as reading:
            titles = [
                each.title for each in documents.with_content(reading, documents.stored(reading))
            ]
        closed = [title for title in titles if any(f" {n} " in title for n in (28, 29, 30))]
        if closed or len(set(titles)) != len(titles):
            raise SystemExit(f"held, and should not be: {closed or titles}")


if __name__ == "__main__":
    main()
