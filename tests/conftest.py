"""A home made once and copied for each test, a site that can change, and kb as a command."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

import kb
from kb.home import Home


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shipped register. Do not write into it: copy it."""
    folder = tmp_path_factory.mktemp("made") / "home"
    kb.make(Home(folder), by="ana").close()
    return folder


@pytest.fixture(scope="session")
def made_bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home without the register. Do not write into it: copy it."""
    folder = tmp_path_factory.mktemp("bare") / "home"
    kb.make(Home(folder), by="ana", register=False).close()
    return folder


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A home of this test's own, with the shipped register."""
    return Path(shutil.copytree(made_home, tmp_path / "home"))


@pytest.fixture
def base(home: Path) -> Iterator[kb.KnowledgeBase]:
    """The knowledge base of that home, in the hands of ana."""
    with kb.connect(home, by="ana") as opened:
        yield opened


@dataclass
class Answer:
    """What the site answers at one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A web site on loopback whose pages a test can change."""

    address: str = ""
    pages: dict[str, Answer] = field(default_factory=dict)
    routes: dict[str, Callable[[dict[str, list[str]]], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    pause: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    answered: list[tuple[str, int]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        """Answers with that body at that path from now on."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(content, status, {"Content-Type": "text/html"} | named)

    def page(
        self, path: str, title: str, *paragraphs: str, links: tuple[str, ...] = (), more: str = ""
    ) -> None:
        """An HTML page with a heading, paragraphs and links."""
        text = "".join(f"<p>{each}</p>" for each in paragraphs)
        listed = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
        self.put(
            path,
            f"<!doctype html><html lang=en><head><title>{title} | A site</title></head><body>"
            f"<main><article><h1>{title}</h1>{text}<ul>{listed}</ul></article>{more}</main></body></html>",
        )


@pytest.fixture
def site() -> Iterator[Site]:
    """An empty site on a port of its own; what it has no page for is 404."""
    with serving() as made:
        yield made


@pytest.fixture
def other_site() -> Iterator[Site]:
    """A second such site, on another port."""
    with serving() as made:
        yield made


@contextmanager
def serving() -> Iterator[Site]:
    """A site while it is served."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            made.at_once += 1
            made.most_at_once = max(made.most_at_once, made.at_once)
            time.sleep(made.pause)
            made.at_once -= 1
            made.agents.add(self.headers.get("User-Agent", ""))
            parts = urlsplit(self.path)
            if parts.path in made.routes:
                answer = made.routes[parts.path](parse_qs(parts.query))
            else:
                answer = made.pages.get(self.path, Answer(b"not here", 404))
            if "ETag" in answer.headers and (
                self.headers.get("If-None-Match") == answer.headers["ETag"]
            ):
                answer = Answer(b"", 304, answer.headers)
            made.answered.append((self.path, answer.status))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        made.address = f"http://127.0.0.1:{server.server_port}"
        yield made
        server.shutdown()


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of a crawl: what the run came to."""
    return done.stderr.splitlines()[-1]


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_kb(home: Path) -> Command:
    """Runs `kb` in a process of its own on this test's home."""

    def run(
        *words: str, stdin: str | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "kb", "--home", str(home), *words],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            input=stdin,
            env=kept | {"KB_USER": "ana"} | environ,
        )

    return run


@pytest.fixture
def declare(home: Path) -> Callable[..., None]:
    """Writes sources.toml of this test's home: one source, with what is given."""

    def write(**tables: object) -> None:
        values = {"name": "a-site", "organisation": "A Body", "shape": "listing"} | tables
        lines = ["[[source]]"]
        for name, value in values.items():
            lines.append(f"{name} = {_toml(value)}")
        (home / "sources.toml").write_text("\n".join(lines) + "\n")

    return write


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
