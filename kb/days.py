"""Days as people and machines write them: the day that stands there, never one made up."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
WRITTEN = (
    rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH},?\s+(?P<year>\d{{4}})",
    rf"{WEEKDAY}{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[t ]\d\d:\d\d\S*)?",
    r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})",  # as it is written in Britain
)
FORMS = tuple(re.compile(form, re.IGNORECASE) for form in WRITTEN)
BRITAIN = ZoneInfo("Europe/London")
FIRST_YEAR = 1990  # an earlier date of a page or file is a clock that was never set


def iso_day(text: object) -> date | None:
    """The day of an ISO 8601 date or time, as it is written; None for any other text."""
    written = re.fullmatch(r"\s*(\d{4}-\d\d-\d\d)(?:[Tt ]\d\d:?\d\d.*)?\s*", str(text))
    return believed(written[1]) if written else None


def british_day(text: object) -> date | None:
    """The day in Britain of a moment that a machine gives in UTC; None for any other text.

    Interfaces give UTC where the site itself shows its own day, which in summer differs for
    what is published between midnight and one o'clock.
    """
    day = iso_day(text)
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return day
    if day is None or len(str(text)) <= len("2026-06-30"):
        return day
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return believed(moment.astimezone(BRITAIN).date().isoformat())


def mail_day(text: str) -> date | None:
    """The day of a date as in mail and RSS, in its own zone; None for any other text.

    RFC 5322, section 3.3.
    """
    parts = parsedate_tz(text)
    if parts is None or not re.search(r"[A-Za-z]{3}", text):
        return None
    return believed("{:04}-{:02}-{:02}".format(*parts[:3]))


def written_day(text: str) -> date | None:
    """The day that a text is, in words or in figures; None where it says anything else."""
    for form in FORMS:
        found = form.fullmatch(text.strip(" \t.,"))
        if found:
            month = found["month"][:3].casefold()
            number = MONTHS.index(month) + 1 if month in MONTHS else int(found["month"])
            return believed(f"{found['year']}-{number:02}-{int(found['day']):02}")
    return None


def believed(iso: str) -> date | None:
    """The day, if there is one of that name, since 1990 and not after tomorrow."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return None
    last = datetime.now(UTC).date() + timedelta(days=1)
    return day if day.year >= FIRST_YEAR and day <= last else None
