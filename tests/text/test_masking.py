"""Contact details are masked, and nothing else is."""

import pytest

from kb.text.masking import masked


@pytest.mark.parametrize(
    "text",
    [
        "ana@trust.nhs.uk",
        "ana.b+c@a-b.co.uk",
        "ana [at] trust.nhs.uk",
        "020 7946 0018",
        "(020) 7946 0018",
        "+44 20 7946 0018",
        "07700 900123",
        "07700-900-123",
        "01632 960 001",
        "AB 12 34 56 C",
        "AB123456C",
        "0044 20 7946 0018",
        "020–7946–0958",
        "AB-12-34-56-C",
        "o’neil@trust.nhs.uk",
    ],
)
def test_details_are_masked(text: str) -> None:
    out = masked(f"Ask {text}, or not.")
    assert text not in out
    assert out.startswith("Ask [")
    assert out.endswith("], or not.")


@pytest.mark.parametrize(
    "text",
    [
        "2019-2020",
        "1.6 to 0.69",
        "40,000 pounds",
        "12 of 134 trusts (63%)",
        "2026-11-22",
        "Core20PLUS5",
        "10/01/2020",
        "£0.50",
        "a rate of 0.123456789012",
        "ISBN 978-0-11-703456-1",
        "@kb on social media",
        "5-Day Challenge",
        "paragraphs 01 to 10",
        "01/02/2020 10:30",
    ],
)
def test_what_is_no_detail_is_kept(text: str) -> None:
    assert masked(text) == text
