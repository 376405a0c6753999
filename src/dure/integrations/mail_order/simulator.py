"""The register of mail-order sellers, played. Numbers of the table are as it says; any other business with a right check
digit has one operating filing, whose number nobody has to know: the register gives the one it was asked about before
(`_control/…` see integrations/stage.py), or one made from the business number.

POST _control/filings {"brn": "1018100016", "number": "2026-서울종로-0123", "state": "폐업"}   a filing of one's own
POST _control/filings {"wrapped": true}                                                     the old `response` envelope
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.mail_order.client import PATH
from dure.integrations.nts.rules import is_brn
from dure.integrations.stage import Stage


def _as_xml(code: str, message: str) -> str:
    return (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{escape(message)}</returnAuthMsg><returnReasonCode>{escape(code)}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    )


stage = Stage("mail_order", fault_body=_as_xml)

EMPTY = (
    "opnSn", "prmmiYr", "ctpvNm", "smtxTrgtYnCn", "corpYnNm", "crno", "telno", "fxno", "lctnRnAddr", "lctnAddr", "domnCn",
    "opnServerPlaceAladr", "ntslMthdNm", "ntslMthdCn", "trtmntPrdlstNm", "ntslPrdlstCn", "dclrCn", "chgCn", "chgRsnCn",
    "tcbizBgngDate", "tcbizEndDate", "clsbizDate", "bsnResmptDate", "spcssRsnCn", "lctnRnOzip", "rnAddr", "opnMdfcnDt",
    "prcsDeptDtlNm", "prcsDeptAreaNm", "prcsDeptNm", "chrgDeptTelno", "rprsvEmladr",
)  # fmt: skip
# brn: [(number, state)]; made up.
KNOWN: dict[str, list[tuple[str, str]]] = {
    "1018100035": [("2015-서울종로-0035", "폐업")],
    "1018100049": [],
    "1010100014": [],  # a simplified taxpayer: exempt, never filed
    "1019000018": [("1137", "폐업"), ("2022-서울종로-1137", "정상영업")],
}


async def detail(request: Request) -> Response:
    asked = request.query_params
    if not asked.get("serviceKey"):
        return Response(_as_xml("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), 200, media_type="application/xml")
    brn = asked.get("brno", "")
    rows = [_row(brn, number, state) for number, state in _filings(brn)]
    size = max(1, int(asked.get("numOfRows") or 10))
    body = {"numOfRows": str(size), "pageNo": asked.get("pageNo", "1"), "totalCount": len(rows), "items": rows[:size]}
    head = {"resultCode": "00", "resultMsg": "NORMAL SERVICE"}
    if stage.get("form", "wrapped"):
        return JSONResponse(
            {"response": {"header": head, "body": {**body, "items": {"item": rows[:size]} if rows else ""}}}
        )
    return JSONResponse({**head, **body})


def _filings(brn: str) -> list[tuple[str, str]]:
    own = stage.get("filing", brn)
    if own:
        return [(own["number"], own["state"])]
    if brn in KNOWN:
        return KNOWN[brn]
    return [(f"2026-서울종로-{brn[5:9]}", "정상영업")] if is_brn(brn) else []


def _row(brn: str, number: str, state: str) -> dict[str, Any]:
    told = {
        "prmmiMnno": number, "operSttusCdNm": state, "bzmnNm": "N/A", "bzmnRgsSttusSeNm": "계속사업자", "brno": brn,
        "dclrInstNm": "서울특별시 종로구", "dclrDate": "20260102", "rprsvNm": "N/A",
    }  # fmt: skip
    return {**dict.fromkeys(EMPTY, "N/A"), **told}


async def keep(request: Request) -> Response:
    asked = await request.json()
    if "wrapped" in asked:
        stage.put("form", "wrapped", bool(asked["wrapped"]))
    if brn := asked.get("brn"):
        stage.put("filing", brn, {"number": asked["number"], "state": asked.get("state", "정상영업")})
    return Response(status_code=204)


app = stage.app([Route(PATH, detail), Route("/_control/filings", keep, methods=["POST"])])
