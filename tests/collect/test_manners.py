"""Who may be asked, in parts that need no crawl."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.http import Response
from twisted.internet.error import DNSLookupError

from kb.collect.failures import failure_of_status
from kb.collect.middlewares import seconds_asked
from kb.collect.resolving import _checked, is_public
from kb.collect.robots import group_for


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.0.9",
        "169.254.1.1",
        "::1",
        "fe80::1",
        "0.0.0.0",
        "nonsense",
    ],
)
def test_a_public_name_that_points_inside_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(DNSLookupError):
        _checked(address, "www.a.example")


def test_a_public_address_and_loopback_by_its_own_name_resolve() -> None:
    assert _checked("93.184.216.34", "www.a.example") == "93.184.216.34"
    assert _checked("127.0.0.1", "localhost") == "127.0.0.1"


def test_the_group_of_robots_txt_that_speaks_to_us() -> None:
    text = (
        "User-agent: a\nUser-agent: KB-Horizon-Scan\nDisallow: /x # why\n\n"
        "User-agent: *\nDisallow: /\n"
    )
    assert group_for("kb-horizon-scan", text) == ["Disallow: /x"]
    assert group_for("other", text) == ["Disallow: /"]
    assert group_for("other", "") == []


def test_a_wait_is_named_in_seconds_or_as_a_date() -> None:
    def seconds(value: str) -> float | None:
        return seconds_asked(Response("http://127.0.0.1/", headers={"Retry-After": value}))

    assert seconds("7") == 7
    later = seconds(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))
    assert later is not None
    assert 50 < later <= 60
    assert seconds("soon") is None
    assert seconds("") is None


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (200, None),
        (304, None),
        (403, "blocked"),
        (429, "asked to wait"),
        (404, "missing"),
        (503, "server error"),
    ],
)
def test_statuses_have_their_class(status: int, failure: str | None) -> None:
    assert failure_of_status(status) == failure
