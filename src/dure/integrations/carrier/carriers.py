"""The carriers a seller can choose, and their names in other systems.

`code` is ours, plain words. `tracker` is the id at the tracking service (delivery-tracker's vocabulary); empty: the
parcel is not followed. `naver` is the code of Naver SmartStore and its Commerce API, `coupang` that of Coupang WING
where it differs, `sweet` of Sweettracker where public sources agree. Naver's codes keep old names: HYUNDAI is Lotte,
KGB is Logen. Carrier list: smartstore-cli, Copyright (c) 2026 JungHoon Ghae, MIT.

Waybill rules say how many digits a carrier's number has (hyphens and spaces are dropped), loose enough never to refuse
a real one: they catch a mistyped digit count before the parcel is lost to the buyer's eyes. No carrier publishes the
arithmetic of a check digit, so none is asked for (decision 0020).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    code: str
    name: str
    tracker: str
    digits: tuple[int, ...]  # how many digits a waybill may have; empty: 5 to 30 letters and digits
    phone: str
    naver: str
    coupang: str = ""
    sweet: str = ""

    @property
    def digits_in_words(self) -> str:
        """`10·12` as a person says it."""
        if not self.digits:
            return "5-30"
        low, high = self.digits[0], self.digits[-1]
        whole = len(self.digits) > 2 and len(self.digits) == high - low + 1
        return f"{low}-{high}" if whole else "·".join(map(str, self.digits))


CARRIERS = {
    carrier.code: carrier
    for carrier in (
        Carrier("CJ", "CJ대한통운", "kr.cjlogistics", (10, 12), "1588-1255", "CJGLS", sweet="04"),
        Carrier("LOTTE", "롯데택배", "kr.lotte", (12, 13), "1588-2121", "HYUNDAI", sweet="08"),
        Carrier("HANJIN", "한진택배", "kr.hanjin", (10, 12), "1588-0011", "HANJIN", sweet="05"),
        Carrier("LOGEN", "로젠택배", "kr.logen", (10, 11), "1588-9988", "KGB", sweet="06"),
        Carrier("EPOST", "우체국택배", "kr.epost", (13,), "1588-1300", "EPOST", sweet="01"),
        Carrier("KDEXP", "경동택배", "kr.kdexp", (9, 10, 11, 12, 13, 14, 15, 16), "1899-5368", "KDEXP", sweet="23"),
        Carrier("DAESIN", "대신택배", "kr.daesin", (13,), "043-222-4582", "DAESIN"),
        Carrier("ILYANG", "일양로지스", "kr.ilyanglogis", (9, 10, 11), "1588-0002", "ILYANG"),
        Carrier("KUNYOUNG", "건영택배", "kr.kunyoung", (10,), "031-460-2700", "KUNYOUNG"),
        Carrier("CHUNIL", "천일택배", "kr.chunilps", (11,), "1877-6606", "CHUNIL"),
        # Not followed by the tracking service: the line arrives when the seller says so, or after a week.
        Carrier("CVSNET", "GS25편의점택배", "", (), "", "CVSNET", coupang="CVS"),
        Carrier("CUPARCEL", "CU편의점택배", "", (), "", "CUPARCEL"),
        Carrier("SEVENELEVEN", "세븐일레븐택배", "", (), "", "SEVENELEVEN"),
        Carrier("HOMEPICK", "홈픽택배", "", (), "", "HOMEPICK"),
        Carrier("NONGHYUP", "농협택배", "", (), "", "NONGHYUP"),
        Carrier("HDEXP", "합동택배", "", (), "", "HDEXP"),
        Carrier("HONAM", "우리택배", "", (), "", "HONAM"),
        Carrier("SEBANG", "세방택배", "", (), "", "SEBANG"),
        Carrier("SLX", "SLX택배", "", (), "", "SLX"),
        Carrier("YONGMA", "용마로지스", "", (), "", "YONGMA"),
        Carrier("TEAMFRESH", "팀프레시 새벽배송", "", (), "", "TEAMFRESH"),
        Carrier("KURLY", "컬리넥스트마일", "", (), "", "KURLY"),
        Carrier("VROONG", "부릉", "", (), "", "VROONG"),
        Carrier("TODAYPICKUP", "카카오T당일배송", "", (), "", "TODAYPICKUP"),
        Carrier("REGISTPOST", "우편등기", "", (), "1588-1300", "REGISTPOST"),
        Carrier("EMS", "EMS", "", (), "1588-1300", "EMS"),
        Carrier("DHL", "DHL", "", (), "", "DHL"),
        Carrier("FEDEX", "FedEx", "", (), "", "FEDEX"),
        Carrier("UPS", "UPS", "", (), "", "UPS"),
        Carrier("ETC", "기타 택배", "", (), "", "CH1", coupang="DIRECT"),
    )
}
TRACKED = [carrier for carrier in CARRIERS.values() if carrier.tracker]
BY_TRACKER = {carrier.tracker: carrier for carrier in TRACKED}
BY_NAVER = {carrier.naver: carrier for carrier in CARRIERS.values()}
BY_COUPANG = {carrier.coupang or carrier.naver: carrier for carrier in CARRIERS.values()}


def waybill_digits(text: str) -> str:
    """The number without the hyphens and spaces people write."""
    return re.sub(r"[\s-]", "", text)


def is_waybill(code: str, text: str) -> bool:
    number, carrier = waybill_digits(text), CARRIERS.get(code)
    if carrier is None:
        return False
    if not carrier.digits:
        return re.fullmatch(r"[0-9A-Za-z]{5,30}", number) is not None
    return re.fullmatch(r"[0-9]+", number) is not None and len(number) in carrier.digits and int(number) > 0


def carrier_name(code: str) -> str:
    carrier = CARRIERS.get(code)
    return carrier.name if carrier else code
