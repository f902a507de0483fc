"""Crawls a loopback site with kb, with a bare Scrapy spider and with a pipeline by hand.

    python -m tests.benchmarks.crawl [--pages 300] [--memory]

Pages a second against the two others, in one run; a second crawl against the first; with --memory
also the peak memory of a crawl of 20,000 pages against one of 2,000.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import kb
from kb.home import Home

WORDS = (
    "race equality boards trusts mentoring staff programme anti-racism network learning data "
    "patients services leaders review support people work health care community report"
).split()
BARE = """
import sys, scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    start_urls = [sys.argv[1]]
    def parse(self, response):
        for url in response.css("main a::attr(href)").getall():
            yield response.follow(url, self.page)
    def page(self, response):
        yield {"title": response.css("h1::text").get(), "text": response.css("main").get()}
# The same manners on the wire: robots.txt, one request at a time.
process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True,
                          "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "TELNETCONSOLE_ENABLED": False})
process.crawl(Bare)
process.start()
"""
# What a developer writes in an afternoon: Scrapy, trafilatura, htmldate, SQLModel and Whoosh.
BY_HAND = """
import sys, scrapy, trafilatura, whoosh.index
from htmldate import find_date
from scrapy.crawler import CrawlerProcess
from sqlmodel import Field, Session, SQLModel, create_engine
from whoosh.fields import ID, Schema, TEXT
class Page(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    url: str
    title: str
    text: str
    date: str | None
class Store:
    def open_spider(self, spider):
        self.engine = create_engine(f"sqlite:///{sys.argv[2]}/pages.db")
        SQLModel.metadata.create_all(self.engine)
        schema = Schema(url=ID(stored=True, unique=True), title=TEXT(stored=True), text=TEXT)
        self.writer = whoosh.index.create_in(sys.argv[2], schema).writer()
    def process_item(self, item, spider):
        with Session(self.engine) as session:
            session.add(Page(**item))
            session.commit()
        self.writer.add_document(**{name: item[name] for name in ("url", "title", "text")})
        return item
    def close_spider(self, spider):
        self.writer.commit()
class ByHand(scrapy.Spider):
    name = "by-hand"
    start_urls = [sys.argv[1]]
    def parse(self, response):
        for url in response.css("main a::attr(href)").getall():
            yield response.follow(url, self.page)
    def page(self, response):
        yield {"url": response.url, "title": response.css("h1::text").get(),
               "text": trafilatura.extract(response.text), "date": find_date(response.text)}
process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True,
                          "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "TELNETCONSOLE_ENABLED": False,
                          "ITEM_PIPELINES": {Store: 100}})
process.crawl(ByHand)
process.start()
"""
SOURCE = """
[[source]]
name = "bench"
organisation = "A Body"
shape = "listing"
start = ["{start}"]
budget = {{ requests = 100000, minutes = 600 }}
"""


class Pages(BaseHTTPRequestHandler):
    """A list of `count` pages of some 400 words each, with an ETag."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one packet: else each answer waits 40 ms for an ACK
    count = 0

    def do_GET(self) -> None:
        """Answers a list, a page, or 404."""
        name = self.path.strip("/")
        if name == "list":
            links = "".join(f'<a href="/p{n}">{n}</a> ' for n in range(self.count))
            self.answer(f"<html><body><main><h1>List</h1>{links}</main></body></html>", "")
        elif name.startswith("p"):
            self.answer(self.page(int(name[1:])), f'"{name}"')
        else:
            self.send_error(404)

    def page(self, number: int) -> str:
        """A page that says something of its own."""
        chance = random.Random(number)
        paragraphs = "".join(
            f"<p>{' '.join(chance.choices(WORDS, k=50)).capitalize()}.</p>" for _ in range(8)
        )
        menu = "".join(f'<li><a href="/x{n}">Menu {n}</a></li>' for n in range(20))
        return (
            f"<html><head><title>Page {number}</title></head><body><nav><ul>{menu}</ul></nav>"
            f"<main><article><h1>Page {number}</h1>{paragraphs}</article></main>"
            f"<footer>Footer words</footer></body></html>"
        )

    def answer(self, text: str, etag: str) -> None:
        """Sends it, or 304."""
        same = bool(etag) and self.headers.get("If-None-Match") == etag
        body = b"" if same else text.encode()
        self.send_response(304 if same else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def measured(*command: str) -> tuple[float, float]:
    """Seconds and the peak memory in MB of a command and what it starts."""
    wrapped = [
        sys.executable,
        "-c",
        "import resource, subprocess, sys, time\n"
        "t = time.perf_counter(); subprocess.run(sys.argv[1:], check=True)\n"
        "print(time.perf_counter() - t,"
        " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)",
        *command,
    ]
    out = subprocess.run(wrapped, check=True, capture_output=True, text=True).stdout
    seconds, memory = out.splitlines()[-1].split()
    return float(seconds), float(memory)


class Server(ThreadingHTTPServer):
    """With room for the connections that a spider opens at once."""

    request_queue_size = 256
    daemon_threads = True


def served(count: int) -> tuple[ThreadingHTTPServer, str]:
    """A server of so many pages, and the address of its list."""
    handler = type("Counted", (Pages,), {"count": count})
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/list"


def crawls(count: int, times: int) -> list[tuple[float, float]]:
    """Seconds and memory of so many crawls of one home, one after the other."""
    server, start = served(count)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.declaration("sources.toml").write_text(SOURCE.format(start=start))
        kb.make(home, by="bench", register=False).close()
        command = (sys.executable, "-m", "kb", "--home", folder, "crawl")
        measures = [measured(*command) for _ in range(times)]
    server.shutdown()
    return measures


def main() -> None:
    """Prints each figure with what it is against."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    server, start = served(options.pages)
    bare = min(measured(sys.executable, "-c", BARE, start)[0] for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "by_hand.py")  # of a program given by -c Scrapy takes no pipeline
        script.write_text(BY_HAND)
        by_hand, _ = measured(sys.executable, "-W", "ignore", str(script), start, folder)
        held = sqlite3.connect(f"{folder}/pages.db").execute("select count(*) from page")
        assert held.fetchone() == (options.pages,)
    server.shutdown()
    (first, _), (again, _) = crawls(options.pages, 2)
    print(f"bare Scrapy   {options.pages / bare:7.1f} pages/s")
    print(f"by hand       {options.pages / by_hand:7.1f} pages/s")
    print(f"kb, first     {options.pages / first:7.1f} pages/s")
    print(
        f"  of bare Scrapy {bare / first:.2f} (reach 0.35), of by hand {by_hand / first:.2f} (1.8)"
    )
    print(f"kb, again     {again:7.1f} s          ratio {again / first:.2f} (reach 0.4)")
    if options.memory:
        ((_, small),), ((_, large),) = crawls(2_000, 1), crawls(20_000, 1)
        print(f"memory of 20,000 / 2,000 pages: {large:.0f} / {small:.0f} MB = {large / small:.2f}")


if __name__ == "__main__":
    main()
