"""How fast a host is asked: the delay of its slot in Scrapy's downloader."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler


def slot_of(crawler: Crawler, request: Request) -> tuple[str, Any] | None:
    """The slot a request goes through, with its key; None before there is one."""
    engine = crawler.engine
    if engine is None:
        return None
    key = engine.downloader.get_slot_key(request)
    slot = engine.downloader.slots.get(key)
    return None if slot is None else (key, slot)


def slow_down(crawler: Crawler, request: Request, seconds: float) -> None:
    """At least so many seconds between two requests to the host, to the second."""
    slot = slot_of(crawler, request)
    if slot is not None and slot[1].delay <= seconds:
        slot[1].delay, slot[1].jitter = seconds, 0.0
