"""The parcel carriers a seller can choose. Our codes are plain words; a tracking service's own code stands beside.

Waybill rules say what a carrier's number looks like (digits, after hyphens and spaces are dropped), loose enough never
to refuse a real one: they catch a mistyped digit count before the parcel is lost to the buyer's eyes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    code: str
    name: str
    tracker: str  # id at the tracking service (delivery-tracker's vocabulary)
    digits: tuple[int, ...]  # how many digits a waybill may have
    phone: str


CARRIERS = {
    carrier.code: carrier
    for carrier in (
        Carrier("CJ", "CJ대한통운", "kr.cjlogistics", (10, 12), "1588-1255"),
        Carrier("LOTTE", "롯데택배", "kr.lotte", (12, 13), "1588-2121"),
        Carrier("HANJIN", "한진택배", "kr.hanjin", (10, 12), "1588-0011"),
        Carrier("LOGEN", "로젠택배", "kr.logen", (10, 11), "1588-9988"),
        Carrier("EPOST", "우체국택배", "kr.epost", (13,), "1588-1300"),
        Carrier("KDEXP", "경동택배", "kr.kdexp", (9, 10, 11, 12, 13, 14, 15, 16), "1899-5368"),
        Carrier("DAESIN", "대신택배", "kr.daesin", (13,), "043-222-4582"),
        Carrier("ILYANG", "일양로지스", "kr.ilyanglogis", (9, 10, 11), "1588-0002"),
        Carrier("KUNYOUNG", "건영택배", "kr.kunyoung", (10,), "031-460-2700"),
        Carrier("CHUNIL", "천일택배", "kr.chunilps", (11,), "1877-6606"),
    )
}
BY_TRACKER = {carrier.tracker: carrier for carrier in CARRIERS.values()}


def waybill_digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def is_waybill(code: str, text: str) -> bool:
    number, carrier = waybill_digits(text), CARRIERS.get(code)
    return carrier is not None and number.isdigit() and len(number) in carrier.digits and int(number) > 0


def carrier_name(code: str) -> str:
    carrier = CARRIERS.get(code)
    return carrier.name if carrier else code
