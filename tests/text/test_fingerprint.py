"""What changes without the page having changed is no other content."""

import pytest

from kb.text.fingerprint import fingerprint

TEXT = "Boards meet six times a year.\nChairs mentor staff."


@pytest.mark.parametrize(
    "same",
    [
        "Chairs mentor staff.\nBoards meet six times a year.",
        "boards  meet six times a YEAR.\n\nChairs mentor staff.\nChairs mentor staff.",
        f"Last updated: 3 November 2026\n{TEXT}",
        f"{TEXT}\n1,204 views",
        f"{TEXT}\nWe use cookies to count visits.",
    ],
)
def test_order_case_repeats_dates_and_counters_are_noise(same: str) -> None:
    assert fingerprint("A title", same) == fingerprint("A title", TEXT)


@pytest.mark.parametrize(
    "other",
    [
        "Boards meet five times a year.\nChairs mentor staff.",
        "Boards meet six times a year.",
        f"{TEXT}\nApplications close on 3 November 2026.",
    ],
)
def test_another_word_or_a_date_in_a_sentence_is_content(other: str) -> None:
    assert fingerprint("A title", other) != fingerprint("A title", TEXT)


def test_another_title_is_another_page() -> None:
    assert fingerprint("A title", TEXT) != fingerprint("Another", TEXT)


def pairs(text: str) -> list[tuple[str, str]]:
    """Before and after, a pair a line; `\\n` is a line end."""
    lines = [line.strip().replace("\\n", "\n") for line in text.strip().splitlines()]
    return [(line.partition(" | ")[0], line.partition(" | ")[2]) for line in lines]


OF_ITSELF = pairs(
    r"""
    Posted 3 days ago | Posted 4 days ago
    Last updated: 2 hours ago | Last updated: 1 day ago
    Date last updated: 20 November, 2024 | Date last updated: 3 March, 2026
    Next review due: 03 March 2027 | Next review due: 04 March 2029
    Last updated: Monday 3 March 2025 | Last updated: Friday 6 March 2026
    Last updated March 3, 2025 | Last updated April 6, 2026
    Updated: 03-03-2025 | Updated: 06-04-2026
    Published 3/3/25 | Published 6/4/26
    This page was last updated on 3rd March 2025. | This page was last updated on 6th April 2026.
    Last modified: 2025-03-03T10:00:00Z | Last modified: 2026-04-06T10:00:00Z
    Last reviewed: March 2025 | Last reviewed: April 2026
    Page last reviewed: 3 March 2025 at 10:15 | Page last reviewed: 6 April 2026 at 09:00
    Content last updated yesterday | Content last updated today
    Review date: June 2026 | Review date: July 2027
    First published: 3 May 2024 | First published: 4 May 2024
    Post views: 1,204 | Post views: 1,377
    204 downloads | 377 downloads
    1.2K views | 1.3K views
    Viewed 1,204 times | Viewed 1,377 times
    12 comments | 13 comments
    Likes: 4 | Likes: 5
    3 people found this helpful | 9 people found this helpful
    © NHS Example Trust 2025 | © NHS Example Trust 2026
    Copyright 2019-2025 A Trust | Copyright 2019-2026 A Trust
    12 days left to apply | 11 days left to apply
    Closes in 3 days | Closes in 2 days
    The board's pledge to all staff | The board’s pledge to all staff
    Boards - a guide for chairs | Boards – a guide for chairs
    He said "we act" | He said “we act”
    We use cookies to count visits. | This site uses cookies to make it work.
    We last checked this page on 3 May 2024. | We last checked this page on 6 June 2025.
    This guidance was last reviewed in May 2024. | This guidance was last reviewed in June 2025.
    Updated – 3 May 2024 | Updated – 6 May 2024
    (Last updated 3 May 2024) | (Last updated 6 May 2024)
    Last updated: 10:30, 3 May 2024 | Last updated: 11:45, 6 May 2024
    Updated: 3 May 2024 10am | Updated: 6 May 2024 4pm
    Copyright A Trust 2024 | Copyright A Trust 2025
    © 2024 A Trust. Registered charity no. 1234567 | © 2025 A Trust. Registered charity no. 1234567
    You are visitor number 123 | You are visitor number 124
    ♥ 12 likes | ♥ 13 likes
    3 responses to “A pledge” | 4 responses to “A pledge”
    5 min read | 6 min read
    Reading time: 5 minutes | Reading time: 6 minutes
    1 month ago | 2 months ago
    Last edited by the web team on 3 March 2025 | Last edited by the web team on 6 April 2026
    Updated 3 March 2025, 10:15 GMT | Updated 6 April 2026, 09:00 BST
    Downloaded 1,204 times | Downloaded 1,377 times
    Shared 12 times | Shared 13 times
    Last checked 3 days ago | Last checked a week ago
    Today is Monday 3 March 2025 | Today is Monday 6 April 2026
    Generated on 3 March 2025 at 10:00 | Generated on 6 April 2026 at 11:00
    All rights reserved © 2025 | All rights reserved © 2026
    Rated 4.5 out of 5 (12 votes) | Rated 4.6 out of 5 (13 votes)
    Only 3 weeks left! | Only 2 weeks left!
    Chairs wait for more … | Chairs wait for more ...
    - Last updated: 3 March 2025 | - Last updated: 6 April 2026
    Last updated\n3 March 2025 | Last updated\n6 April 2026
    Published May 2020, updated 3 March 2025 | Published May 2020, updated 6 April 2026
    Last updated: 3 March 2025 by the web team | Last updated: 6 April 2026 by the web team
    © 2025 NHS Example Trust. All rights reserved. | © 2026 NHS Example Trust. All rights reserved.
    """
)
OF_ITS_SUBJECT = pairs(
    r"""
    Closing date\n12 March 2027 | Closing date\n19 April 2027
    Board day\n3 May 2026 | Board day\n4 May 2026
    Updated 12 March 2026 | Updated 12 March 2026 - Withdrawn
    Published 12 March 2026 | Published 12 March 2026. Closed.
    We use cookies | We use cookies. The programme has closed and will not run again.
    Leeds\nPlaces free\nYork\nFully booked | Leeds\nFully booked\nYork\nPlaces free
    Applications close on 3 May 2026. | Applications close on 4 May 2026.
    Updated guidance for boards | Withdrawn guidance for boards
    Status: open | Status: closed
    - One offer | - One offer\n- Another offer
    12 trusts take part | 13 trusts take part
    Reviewed by the board in 2024 | Reviewed by the board in 2026
    Published by A Trust | Published by B Trust
    40 places | 20 places
    Views of staff: good | Views of staff: poor
    Fee: £200 | Fee: £300
    The scheme was reviewed on 3 May 2026 and has ended | The scheme was reviewed on 3 May 2026
    Date: 3 May 2026 | Date: 4 May 2026
    Copyright law, 2025 edition, is told here. | Copyright law, 2026 edition, is told here.
    Comments: the board agreed | Comments: the board did not agree
    Deadline: 3 May 2026 | Deadline: 4 May 2026
    Starts 3 May 2026 | Starts 4 May 2026
    Next cohort: March 2026 | Next cohort: April 2026
    Valid until 3 May 2026 | Valid until 3 May 2027
    Updated guidance: 3 new duties | Updated guidance: 4 new duties
    12 days of training | 10 days of training
    Created by nurses for nurses | Created by nurses for doctors
    Number of mentors: 12 | Number of mentors: 14
    Downloads: the toolkit | Downloads: the handbook
    Visits to 12 trusts | Visits to 14 trusts
    - Leeds\n- York | - Leeds
    Suspended | Suspended until 2027
    Applications closed | Applications open
    Funding: two years left | Funding: ended
    Issued by the board: 3 principles | Issued by the board: 4 principles
    Event: 3 May 2026, 10:00 | Event: 3 May 2026, 14:00
    Rated good | Rated outstanding
    Today the board meets | Tomorrow the board meets
    3 trusts shared 12 lessons | 3 trusts shared 14 lessons
    Reading: the first report | Reading: the second report
    Registration closed 3 May 2026 | Registration closed 4 May 2026
    Page 12 of the plan names chairs | Page 13 of the plan names chairs
    """
)


@pytest.mark.parametrize(("before", "after"), OF_ITSELF)
def test_what_a_page_says_of_itself_is_no_change(before: str, after: str) -> None:
    assert fingerprint("A", f"{TEXT}\n{before}") == fingerprint("A", f"{TEXT}\n{after}")


@pytest.mark.parametrize(("before", "after"), OF_ITS_SUBJECT)
def test_what_a_page_says_of_its_subject_is_a_change(before: str, after: str) -> None:
    assert fingerprint("A", f"{TEXT}\n{before}") != fingerprint("A", f"{TEXT}\n{after}")


def test_the_items_of_a_list_have_no_order() -> None:
    assert fingerprint("A", "- one\n- two\n- three") == fingerprint("A", "- three\n- one\n- two")


@pytest.mark.parametrize(
    "text",
    [
        "Leeds\nThe {} is open to all boards.\nYork\nThe {} is closed for this year.",
        "Open to\n- the {} in Leeds\nClosed to\n- the {} in York",
        "Is it free?\nYes, {}.\nIs it online?\nNo, {}.",
        "3 June, Leeds\nThis session of {} is fully booked.\n4 June, York\nThe {} has places left.",
    ],
)
def test_what_swaps_between_two_headings_is_a_change(text: str) -> None:
    there, swapped = text.format("course", "fund"), text.format("fund", "course")
    assert fingerprint("A page", there) != fingerprint("A page", swapped)
    assert fingerprint("A page", there) == fingerprint("A page", there.replace(".", ". "))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Home visits\n5,000 visits", "Home visits\n9,000 visits"),
        ("Warning notice\nIssued 3 May 2024", "Warning notice\nIssued 6 May 2024"),
        ("We use cookies in the cafe on Mondays.", "We use cookies in the cafe on Fridays."),
    ],
)
def test_a_figure_or_a_day_of_the_subject_is_no_counter(before: str, after: str) -> None:
    assert fingerprint("A title", before) != fingerprint("A title", after)


def test_answers_that_swap_under_long_questions_are_a_change() -> None:
    asked = (
        "May I come alone if I am not yet sixteen and have nobody who can come along with me?",
        "May I come without an appointment if I live outside of the city and its surroundings?",
    )
    text = "{}\nYes.\n{}\nNo, please call first."
    swapped = "{}\nNo, please call first.\n{}\nYes."
    assert fingerprint("A", text.format(*asked)) != fingerprint("A", swapped.format(*asked))
