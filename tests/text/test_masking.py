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


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ana.b@trust.nhs.uk",
            "ANA-B@TRUST-X.CO.UK",
            "ana (at) trust [dot] org",
            "ana＠trust.org",
        ),
        *("ana.b%40trust.org", "ana@ trust.org", "Şana.Ünal@trust.org"),
        *("0113 496 0000/1", "44 20 7946 0958", "020\u20117946\u20110958", "01 632 960 983"),
        *("0800 123 456", "+44 (0)7700 900123", "+33 1 23 45 67 89", "0300 311 22 33"),
        *("AB12 3456C", "AB.12.34.56.C", "AB123456 C", "ab 12 34 56 c"),
    ],
)
def test_details_as_people_write_them_are_masked(text: str) -> None:
    assert masked(f"Ask {text}.").startswith("Ask [")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0800 to 1700 daily",
            "0-5 6-10 11-15 16-20 21-25",
            "Wards 01 02 03 04 05",
            "0123456789012345",
        ),
        *("Reference 20/0123456789", "ORCID 0000-0002-1825-0097", "07:30 08:30 09:30 10:30"),
        *("NHS number 943 476 5919", "ISSN 0140-6736", "page 01 02 03 04 05 06", "SE1 8UG"),
        *("EDI@work programme", "Follow @NHSEngland on X", "10.1136/bmj.j2500", "Act 1965 s.1"),
    ],
)
def test_what_only_looks_like_a_detail_stays(text: str) -> None:
    assert masked(text) == text


def test_an_unbroken_text_of_any_length_is_read() -> None:
    for part in ("a", "0", "a.", "0 ", "a@", "+44", "("):
        text = part * 100_000
        assert len(masked(text)) <= len(text)
