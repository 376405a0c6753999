"""The register of mail-order sellers, as a client meets it."""

import httpx
import pytest

from dure.commerce.sellers.rules import same_filing
from dure.integrations.mail_order.client import mail_order
from dure.kit.http import OutsideError


def filings(brn):
    return [(f.number, f.state, f.operating) for f in mail_order().filings(brn)]


@pytest.mark.parametrize("wrapped", [False, True])
def test_both_envelopes_are_read_and_the_operating_filing_comes_first(simulators, wrapped):
    httpx.post(f"{simulators.url}/mail_order/_control/filings", json={"wrapped": wrapped})
    assert filings("1018100016") == [("2026-서울종로-0001", "정상영업", True)]
    assert filings("1019000018") == [("2022-서울종로-1137", "정상영업", True), ("1137", "폐업", False)]
    assert filings("1018100035") == [("2015-서울종로-0035", "폐업", False)]
    assert filings("1018100049") == []
    httpx.post(f"{simulators.url}/mail_order/_control/filings", json={"wrapped": False})


def test_empty_words_are_empty(simulators):
    assert mail_order().filings("1018100016")[0].representative == ""


def test_a_refusal_in_xml_and_a_silence_are_told_apart(simulators):
    simulators.fault("mail_order", kind="error", status=200, code="22", message="LIMITED_NUMBER_OF_SERVICE_REQUESTS")
    with pytest.raises(OutsideError) as refused:
        mail_order().filings("1018100016")
    assert refused.value.code == "NOT_JSON" and not refused.value.unknown
    simulators.fault("mail_order", kind="drop_before")
    with pytest.raises(OutsideError) as silent:
        mail_order().filings("1018100016")
    assert silent.value.unknown


@pytest.mark.parametrize(
    ("written", "registered", "same"),
    [
        ("2026-서울종로-0123", "2026-서울종로-0123", True),
        ("제2026-서울종로-123호", "2026-서울종로-0123", True),
        ("제 2026 - 서울종로 - 0123 호", "2026-서울종로-0123", True),
        ("2026-서울종로-0124", "2026-서울종로-0123", False),
        ("2025-서울종로-0123", "2026-서울종로-0123", False),
        ("1137", "01137", True),
        ("", "", False),
    ],
)
def test_numbers_as_people_copy_them(written, registered, same):
    assert same_filing(written, registered) is same
