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
        f"{TEXT}\n2026-11-03",
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
