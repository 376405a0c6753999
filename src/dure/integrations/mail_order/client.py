"""공정위 통신판매사업자 등록현황 (data.go.kr, 1130000/MllBsDtl_3Service): is this business filed for selling by mail order?

Empty values come as the strings "N/A" and "NULL"; a business may have several filings; the portal's gateway refuses in
XML whatever was asked for; older versions wrap the answer in `response.body`. All of that is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from dure.config import load
from dure.kit.http import Client, OutsideError

REAL = "https://apis.data.go.kr"
PATH = "/1130000/MllBsDtl_3Service/getMllBsInfoDetail_3"
OPERATING = {"정상영업", "통신판매업 신고"}
NOTHING = {"N/A", "NULL", ""}
MOST = 20  # filings of one business


@dataclass(frozen=True)
class Filing:
    """One filing. `number` is 2026-서울종로-0123; old ones are a bare number."""

    number: str
    state: str  # operSttusCdNm: 정상영업, 통신판매업 신고, 휴업, 폐업, 직권말소
    name: str
    representative: str
    office: str  # who took the filing
    raw: dict[str, Any]  # the row as it came: evidence

    @property
    def operating(self) -> bool:
        return self.state in OPERATING


class MailOrder(Client):
    service = "mail_order"

    def filings(self, brn: str) -> list[Filing]:
        """The filings of a business, operating ones first; empty when there is none. Raises OutsideError."""
        params = {"serviceKey": load().nts_key, "pageNo": 1, "numOfRows": MOST, "resultType": "json", "brno": brn}
        response = self.call("GET", PATH, params=params)
        try:
            told = response.json()
        except ValueError as error:
            raise OutsideError(self.service, "NOT_JSON", response.text[:300], response.status_code) from error
        told = told.get("response", told)
        head, body = told.get("header", told), told.get("body", told)
        if str(head.get("resultCode", "")) not in {"00", "0"}:
            raise OutsideError(self.service, str(head.get("resultCode")), str(head.get("resultMsg", "")))
        found = [_filing(row) for row in _rows(body.get("items")) if _plain(row, "brno") in {"", brn}]
        return sorted(found, key=lambda filing: not filing.operating)


def _rows(items: Any) -> list[dict[str, Any]]:
    """A list, `{"item": [...]}`, `{"item": {...}}` or an empty string: all have been seen."""
    if isinstance(items, dict):
        items = items.get("item", [])
    if isinstance(items, dict):
        return [items]
    return [row for row in items if isinstance(row, dict)] if isinstance(items, list) else []


def _plain(row: dict[str, Any], key: str) -> str:
    value = str(row.get(key) or "").strip()
    return "" if value in NOTHING else value


def _filing(row: dict[str, Any]) -> Filing:
    return Filing(
        number=_plain(row, "prmmiMnno"),
        state=_plain(row, "operSttusCdNm"),
        name=_plain(row, "bzmnNm"),
        representative=_plain(row, "rprsvNm"),
        office=_plain(row, "dclrInstNm"),
        raw=row,
    )


@cache
def mail_order() -> MailOrder:
    return MailOrder(load().outside_url("mail_order", REAL))
