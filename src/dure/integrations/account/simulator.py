"""The banks, played: whose account is it? README.md says which numbers misbehave."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.stage import Stage

stage = Stage("account", fault_body=lambda code, message: {"rsp_code": code, "rsp_message": message})

SOMEBODY_ELSE = "김다른"
SOMEBODY = "홍길동"  # of an account nobody has claimed
UNDER_MAINTENANCE = "027"


async def real_name(request: Request) -> Response:
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return JSONResponse({"rsp_code": "O0001", "rsp_message": "접근이 거부되었습니다."}, 401)
    asked = await request.json()
    bank, number, name = (str(asked.get(k, "")) for k in ("bank_code_std", "account_num", "account_holder_name"))
    if not (len(bank) == 3 and bank.isdigit() and number.isdigit()) or not 7 <= len(number) <= 16:
        return JSONResponse({"rsp_code": "A0003", "rsp_message": "요청 항목의 값이 올바르지 않습니다."})
    if bank == UNDER_MAINTENANCE:
        return JSONResponse(_answer(asked, "822", "은행 점검 시간입니다.", ""))
    if number.endswith("9999"):
        return JSONResponse(_answer(asked, "555", "해당 계좌가 없습니다.", ""))
    return JSONResponse(_answer(asked, "000", "", _holder(bank, number, name)))


def _holder(bank: str, number: str, name: str) -> str:
    if number.endswith("0000"):
        return SOMEBODY_ELSE
    known: str | None = stage.get("holder", f"{bank}/{number}")
    if known is None and name:
        stage.put("holder", f"{bank}/{number}", name)
    return known or name or SOMEBODY


def _answer(asked: dict[str, str], code: str, message: str, name: str) -> dict[str, str]:
    moment = stage.now()
    return {
        "api_tran_id": asked.get("bank_tran_id", ""), "api_tran_dtm": f"{moment:%Y%m%d%H%M%S%f}"[:17],
        "rsp_code": "A0000", "rsp_message": "", "bank_tran_id": asked.get("bank_tran_id", ""),
        "bank_tran_date": f"{moment:%Y%m%d}", "bank_rsp_code": code, "bank_rsp_message": message,
        "bank_code_std": asked["bank_code_std"], "bank_name": f"은행 {asked['bank_code_std']}",
        "account_num": asked["account_num"], "account_holder_name": name,
    }  # fmt: skip


app = stage.app([Route("/v2.0/inquiry/real_name", real_name, methods=["POST"])])
