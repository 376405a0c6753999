"""The tax service, played. Numbers of the table below are as it says; any other number with a right check digit is an
active business of whoever says so, taxed as the real meaning of its fourth and fifth digits suggests.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.nts.rules import is_brn
from dure.integrations.stage import Stage

stage = Stage("nts", fault_body=lambda code, message: {"status_code": code, "msg": message})

STATES = {"01": "계속사업자", "02": "휴업자", "03": "폐업자"}
TAXES = {
    "01": "부가가치세 일반과세자",
    "02": "부가가치세 간이과세자",
    "04": "부가가치세 면세사업자",
    "05": "수익사업을 영위하지 않는 비영리법인이거나 고유번호가 부여된 단체,국가기관 등",
    "07": "부가가치세 간이과세자(세금계산서 발급사업자)",
}
# Made up; the check digits are right. (number, state, tax type, closed on, representative, began on)
KNOWN = {
    "1018100016": ("01", "01", "", "김두레", "20150302"),
    "1018100020": ("02", "01", "", "이휴업", "20120915"),
    "1018100035": ("03", "01", "20240630", "박폐업", "20100101"),
    "1010100014": ("01", "02", "", "최간이", "20220401"),
    "1010100028": ("01", "07", "", "정발급", "20210701"),
    "1019000018": ("01", "04", "", "한면세", "20180110"),
    "1018200013": ("01", "05", "", "조단체", "20130505"),
    "1018100049": ("", "", "", "", ""),  # right check digit, never registered
}
NOT_REGISTERED = "국세청에 등록되지 않은 사업자등록번호입니다."


async def status(request: Request) -> Response:
    body, refusal = await _body(request, "b_no")
    if refusal:
        return refusal
    rows = [_status(str(number)) for number in body]
    known = sum(1 for row in rows if row["b_stt_cd"])
    return JSONResponse({"status_code": "OK", "request_cnt": len(rows), "match_cnt": known, "data": rows})


async def validate(request: Request) -> Response:
    body, refusal = await _body(request, "businesses")
    if refusal:
        return refusal
    if any(not business.get(field) for business in body for field in ("b_no", "start_dt", "p_nm")):
        return JSONResponse({"status_code": "REQUEST_DATA_MALFORMED"}, 400)
    rows = [_validated(business) for business in body]
    right = sum(1 for row in rows if row["valid"] == "01")
    answer = {"status_code": "OK", "request_cnt": len(rows), "data": rows}
    return JSONResponse({**answer, "valid_cnt": right} if right else answer)


async def _body(request: Request, field: str) -> tuple[list[Any], Response | None]:
    if not request.query_params.get("serviceKey"):
        return [], JSONResponse({"code": -4, "msg": "등록되지 않은 인증키 입니다."}, 401)
    try:
        asked = (await request.json())[field]
    except ValueError:
        return [], JSONResponse({"status_code": "BAD_JSON_REQUEST"}, 400)
    except (KeyError, TypeError):
        return [], JSONResponse({"status_code": "REQUEST_DATA_MALFORMED"}, 400)
    if not isinstance(asked, list) or not asked:
        return [], JSONResponse({"status_code": "REQUEST_DATA_MALFORMED"}, 400)
    if len(asked) > 100:
        return [], JSONResponse({"status_code": "TOO_LARGE_REQUEST"}, 413)
    return asked, None


def _record(number: str) -> tuple[str, str, str, str, str] | None:
    if number in KNOWN:
        return KNOWN[number] if KNOWN[number][0] else None
    if not is_brn(number):
        return None
    kind = int(number[3:5])
    tax = "04" if 90 <= kind <= 99 else "05" if kind in {80, 82, 83, 89} else "01"
    return ("01", tax, "", "", "")


def _status(number: str) -> dict[str, str]:
    record = _record(number)
    empty = dict.fromkeys(
        ("b_stt", "b_stt_cd", "tax_type", "tax_type_cd", "end_dt", "utcc_yn", "tax_type_change_dt", "invoice_apply_dt",
         "rbf_tax_type", "rbf_tax_type_cd"), "",
    )  # fmt: skip
    if record is None:
        return {"b_no": number, **empty, "tax_type": NOT_REGISTERED}
    state, tax, closed, _, _ = record
    told = {
        "b_stt": STATES[state], "b_stt_cd": state, "tax_type": TAXES[tax], "tax_type_cd": tax, "end_dt": closed,
        "utcc_yn": "N", "rbf_tax_type": "해당없음", "rbf_tax_type_cd": "99",
    }  # fmt: skip
    return {"b_no": number, **empty, **told}


def _validated(business: dict[str, Any]) -> dict[str, Any]:
    number = str(business["b_no"])
    record = _record(number)
    named = record is not None and (not record[3] or (record[3], record[4]) == (business["p_nm"], business["start_dt"]))
    if not named:
        return {"b_no": number, "valid": "02", "valid_msg": "확인할 수 없습니다.", "request_param": business}
    return {"b_no": number, "valid": "01", "request_param": business, "status": _status(number)}


app = stage.app([Route("/status", status, methods=["POST"]), Route("/validate", validate, methods=["POST"])])
