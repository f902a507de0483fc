"""Days as they are written: the one that stands there, or none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kb.days import british_day, iso_day, mail_day, written_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("2024-03-01T00:10:00+01:00", date(2024, 3, 1)),
        ("2024-03-01 10:00", date(2024, 3, 1)),
        ("2024-13-01", None),
        ("2019-11-12-44", None),
        ("ref 2019-11-12", None),
        ("1970-01-01", None),
        ("", None),
    ],
)
def test_an_iso_day_is_the_one_that_is_written(text: str, day: date | None) -> None:
    assert iso_day(text) == day


def test_a_day_to_come_is_none() -> None:
    later = datetime.now(UTC).date() + timedelta(days=3)
    assert iso_day(later.isoformat()) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-06-29T23:30:00", date(2025, 6, 30)),
        ("2025-06-29T23:30:00Z", date(2025, 6, 30)),
        ("2025-12-31T23:30:00", date(2025, 12, 31)),
        ("2025-06-29", date(2025, 6, 29)),
        ("0000-00-00T00:00:00", None),
    ],
)
def test_a_moment_in_utc_has_its_day_in_britain(text: str, day: date | None) -> None:
    assert british_day(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mon, 30 Jun 2025 00:00:00 +0100", date(2025, 6, 30)),
        ("30 Jun 2025 23:59 GMT", date(2025, 6, 30)),
        ("2025/6/29 15:07:41", None),
        ("soon", None),
    ],
)
def test_a_day_of_mail_is_in_its_own_zone(text: str, day: date | None) -> None:
    assert mail_day(text) == day


@pytest.mark.parametrize(
    "text",
    ["3 June 2023", "3rd June 2023", "June 3, 2023", "Sat 3 Jun 2023", "03/06/2023", "3.6.2023"],
)
def test_words_and_figures(text: str) -> None:
    assert written_day(text) == date(2023, 6, 3)


def test_more_than_a_day_is_none() -> None:
    assert written_day("from 3 June 2023 on") is None
    assert written_day("31 June 2023") is None
