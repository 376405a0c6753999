"""The tax service, the market list, the banks and the carriers, over real HTTP against their simulators."""

from datetime import date

import pytest

from dure.integrations.account.client import NoSuchAccount, account
from dure.integrations.carrier import client as carrier
from dure.integrations.carrier.carriers import BY_TRACKER, TRACKED, is_waybill, waybill_digits
from dure.integrations.markets.client import markets
from dure.integrations.nts.client import nts
from dure.integrations.nts.rules import check_digit, is_brn, is_corporate, shown
from dure.kit.http import OutsideError
from outside import Mailbox

# Business numbers


@pytest.mark.parametrize("number", ["1208800767", "120-81-47521", "1168200276", "1348672683", "1018100016"])
def test_numbers_with_a_right_check_digit(number):
    assert is_brn(number)


@pytest.mark.parametrize(
    "number",
    ["1234567890", "0000000000", "1208800768", "120880076", "12088007670", "", "abc", "0998800767", "1200000000"],
)
def test_numbers_that_cannot_be(number):
    assert not is_brn(number)


def test_every_single_wrong_digit_is_noticed():
    right = "1208800767"
    for place in range(10):
        for digit in "0123456789".replace(right[place], ""):
            assert not is_brn(right[:place] + digit + right[place + 1 :])


def test_how_a_number_is_shown_and_what_it_tells():
    assert shown("1208800767") == "120-88-00767" and check_digit("120880076") == 7
    assert is_corporate("1208800767") and not is_corporate("1010100014")


@pytest.mark.parametrize(
    ("number", "state", "tax", "closed"),
    [
        ("1018100016", "01", "01", None),
        ("1018100020", "02", "01", None),
        ("1018100035", "03", "01", date(2024, 6, 30)),
        ("1010100014", "01", "02", None),
        ("1019000018", "01", "04", None),
        ("1018100049", "", "", None),
    ],
)
def test_what_the_tax_service_says(simulators, number, state, tax, closed):
    told = nts().status([number])[number]
    assert (told.state, told.tax_type, told.closed_on) == (state, tax, closed)
    assert told.active == (state == "01") and told.registered == (state != "")


def test_more_than_a_hundred_numbers_are_asked_in_batches(simulators):
    numbers = [f"{nine}{check_digit(nine)}" for nine in (f"10181{n:04d}" for n in range(1, 231))]
    assert len(nts().status(numbers)) == 230
    with pytest.raises(OutsideError) as told:
        nts()._ask("/status", {"b_no": numbers})
    assert told.value.code == "TOO_LARGE_REQUEST"


def test_the_certificate_names_its_owner_and_day(simulators):
    assert nts().validate("1018100016", "김두레", date(2015, 3, 2))
    assert not nts().validate("1018100016", "김다른", date(2015, 3, 2))
    assert not nts().validate("1018100049", "김두레", date(2015, 3, 2))


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_silent_tax_service_is_unknown(simulators, kind):
    simulators.fault("nts", kind=kind)
    with pytest.raises(OutsideError) as told:
        nts().status(["1018100016"])
    assert told.value.unknown


def test_a_refusal_that_comes_with_http_200_is_an_error(simulators):
    simulators.fault("nts", kind="error", code="HTTP_ERROR", status=200)
    with pytest.raises(OutsideError) as told:
        nts().status(["1018100016"])
    assert told.value.code == "HTTP_ERROR"


# Markets


@pytest.mark.parametrize("wrapped", [False, True])
def test_all_markets_come_page_by_page_in_either_envelope(simulators, wrapped):
    simulators.http.post("/markets/_control/markets", json={"made_up": 1392, "wrapped": wrapped})
    rows = list(markets().all())
    assert len(rows) == 1400 and rows[0]["mrktNm"] == "광장시장"
    assert len({(row["mrktNm"], row["rdnmadr"]) for row in rows}) == 1400
    assert any(row["latitude"] == "" for row in rows)


def test_a_refusal_in_xml_is_told_as_such(simulators):
    simulators.fault(
        "markets", kind="error", status=200, code="22", message="LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS"
    )
    with pytest.raises(OutsideError) as told:
        list(markets().all())
    assert told.value.code == "NOT_JSON" and "EXCEEDS" in told.value.message


# Banks


def test_the_bank_names_the_holder_and_stays_by_it(simulators):
    assert account().holder("088", "110-987-654321", name="김두레") == "김두레"
    assert account().holder("088", "110987654321", name="이바뀜") == "김두레"
    assert account().holder("088", "1101230000", name="김두레") == "김다른"


def test_an_account_that_does_not_exist(simulators):
    with pytest.raises(NoSuchAccount):
        account().holder("088", "1101239999", name="김두레")


def test_a_bank_under_maintenance_is_unknown(simulators):
    with pytest.raises(OutsideError) as told:
        account().holder("027", "1101234567", name="김두레")
    assert told.value.unknown and not isinstance(told.value, NoSuchAccount)


# Carriers


@pytest.mark.parametrize(
    ("code", "waybill", "right"),
    [
        ("CJ", "6000-0000-0012", True),
        ("CJ", "60000000001", False),
        ("EPOST", "6012345678901", True),
        ("EPOST", "601234567890", False),
        ("CJ", "000000000000", False),
        ("CJ", "abcdefghijkl", False),
        ("NOBODY", "600000000012", False),
    ],
)
def test_what_a_waybill_looks_like(code, waybill, right):
    assert is_waybill(code, waybill) == right


def test_carriers_have_one_code_each_at_the_tracking_service():
    assert len(BY_TRACKER) == len(TRACKED) and waybill_digits("1-2 3") == "123"


def test_a_registered_parcel_is_told_of_step_by_step_and_signed(simulators, monkeypatch):
    mailbox = Mailbox()
    monkeypatch.setattr(type(carrier.load()), "base_url", mailbox.url)
    carrier.tracking().register("CJ", "600000000021")
    carrier.tracking().register("CJ", "600000000021")
    got = mailbox.wait_for(5)
    longest = max((carrier.read_webhook(raw, headers) for headers, raw in got), key=lambda track: len(track.scans))
    assert (longest.carrier, longest.waybill) == ("CJ", "600000000021")
    assert [s.kind for s in longest.scans] == ["PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED"]
    assert carrier.tracking().track("CJ", "600000000021") == longest
    headers, raw = got[0]
    with pytest.raises(carrier.BadWebhook):
        carrier.read_webhook(raw.replace(b"600000000021", b"600000000022"), headers)
    with pytest.raises(carrier.BadWebhook):
        carrier.read_webhook(raw, {})


def test_a_parcel_the_carrier_has_not_seen_has_no_scans(simulators):
    carrier.tracking().register("CJ", "600000000100")
    assert carrier.tracking().track("CJ", "600000000100").scans == ()
    assert carrier.tracking().track("CJ", "600000000234").scans == ()
