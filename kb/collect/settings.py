"""Scrapy's settings where ours differ, each with its reason."""

from typing import Any

from kb.collect.robots import ROBOTS_NAME
from kb.collect.runs import RunUnderWay
from kb.contract import Source
from kb.errors import Refused


def agent(contact: str) -> str:
    """How we present ourselves: what this is, and how to complain."""
    return f"{ROBOTS_NAME}/0.1 (scan of public race-equality initiatives; contact: {contact})"


def contact_for(source: Source, contact: str) -> str:
    """The contact to give. Raises Refused without one, unless the source is this machine."""
    if contact:
        return contact
    if source.loopback:
        return "none: this machine"
    raise Refused(
        f"source {source.name!r}: nobody is asked without saying who asks",
        hint="set KB_CONTACT to an e-mail address or page where a site can reach you",
    )


def settings_for(run: RunUnderWay, contact: str) -> dict[str, Any]:
    """The settings of one run."""
    who = contact_for(run.source, contact)
    near = run.source.loopback
    return {
        "BOT_NAME": ROBOTS_NAME,
        "SPIDER_MODULES": ["spiders"],
        "USER_AGENT": agent(who),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,  # one request at a time a site
        "CONCURRENT_REQUESTS": 1,  # what waits in a slot is sent, though the run has ended
        # In the order in which a shape names them: the newest pages of a sitemap first.
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "CONCURRENT_ITEMS": 2,  # a page and little else: Scrapy starts so many tasks a response
        # No faster than a reader. Without any delay Scrapy 2.19 sends what waits all at once.
        "DOWNLOAD_DELAY": 0.001 if near else 1.0,
        "DOWNLOAD_DELAY_JITTER": 0.0,  # a second apart is a second, not half of one
        # A site that answers slowly is asked more slowly.
        "AUTOTHROTTLE_ENABLED": not near,
        "AUTOTHROTTLE_START_DELAY": 1.0,
        "AUTOTHROTTLE_MAX_DELAY": 30.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "CLOSESPIDER_TIMEOUT": run.source.budget.minutes * 60,
        "DEPTH_LIMIT": run.source.budget.depth,
        "DOWNLOAD_TIMEOUT": 30,  # a page that takes longer is down
        "DOWNLOAD_MAXSIZE": 20_000_000,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": not near,
        "RETRY_TIMES": 2,
        "RETRY_PRIORITY_ADJUST": -1,
        "COOKIES_ENABLED": False,  # sessions make one page look like many
        "REFERER_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPAUTH_USER": "",
        "LOG_ENABLED": False,  # what failed is counted and told by the run
        "MEMUSAGE_ENABLED": False,
        "STATS_DUMP": False,
        "SPIDER_MIDDLEWARES": {"kb.collect.middlewares.CountDropped": 10},
        "ITEM_PIPELINES": {
            "kb.collect.pipelines.ReadPages": 200,
            "kb.collect.pipelines.SaveToStore": 500,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "kb.collect.middlewares.DeclaredHosts": 50,
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
            "kb.collect.robots.RobotsRfc9309": 100,
            "kb.collect.middlewares.CountFailures": 540,  # retries (550) are over when it sees one
            "kb.collect.incremental.OnlyWhatChanged": 545,
            "kb.collect.middlewares.WithinBudget": 547,  # what is answered before it is not sent
            "kb.collect.middlewares.RetryAfter": 560,
            "kb.collect.page_redirects.PageRedirects": 580,
        },
        "EXTENSIONS": {"kb.collect.incremental.AskForTheUnmet": 500},
    }
