"""PortOne's identity verification, played: a window that asks for a name and a date of birth and believes them."""

from __future__ import annotations

import uuid
from datetime import date
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dure.integrations.stage import Stage

stage = Stage("identity", fault_body=lambda code, message: {"type": code, "message": message})
CARRIED = ("storeId", "identityVerificationId", "redirectUrl")
STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}body{margin:0;background:#f2f4f6;color:#191f28;
font:16px/1.6 Pretendard,"Noto Sans KR","Noto Sans CJK KR",system-ui,sans-serif;word-break:keep-all}
main{max-width:27rem;margin:0 auto;min-height:100vh;background:#fff;padding:1.5rem;display:grid;gap:1rem;align-content:start}
h1{font-size:1.25rem;margin:0}.note{background:#fff7e6;border-radius:.75rem;padding:.75rem 1rem;font-size:.9rem;color:#7a4f00;margin:0}
form{display:grid;gap:1rem}label{display:grid;gap:.25rem;font-weight:600}
input{font:inherit;border:1.5px solid #8b95a1;border-radius:.75rem;padding:.7rem}
button{font:inherit;font-weight:700;border:0;border-radius:.9rem;padding:1rem;min-height:3.25rem;background:#f2f4f6;color:#4e5968}
.yes{background:#1f6feb;color:#fff}:focus-visible{outline:3px solid #9ec5ff;outline-offset:2px}
"""


async def window(request: Request) -> Response:
    asked = dict(request.query_params)
    if not set(CARRIED) <= asked.keys():
        return JSONResponse({"type": "INVALID_REQUEST", "message": "요청이 올바르지 않습니다."}, 400)
    hidden = "".join(f'<input type="hidden" name="{n}" value="{escape(asked[n])}">' for n in CARRIED)
    return HTMLResponse(f"""<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>본인인증</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>
<p class="note">연습용 본인인증이에요. 적은 것은 어디에도 보내지 않아요.</p><h1>본인인증</h1>
<form method="post" action="window">{hidden}<label>이름 <input name="name" value="홍길동" required></label>
<label>생년월일 <input name="birth" type="date" value="1990-01-01" required></label>
<button class="yes" name="outcome" value="yes">인증하기</button><button name="outcome" value="no" formnovalidate>그만두기</button></form>
</main></body></html>""")


async def decide(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode()))
    id, back = form.get("identityVerificationId", ""), form.get("redirectUrl", "")
    told = {"identityVerificationId": id, "transactionType": "IDENTITY_VERIFICATION"}
    if form.get("outcome") == "yes" and _is_day(form.get("birth", "")):
        _verify(id, form["birth"], form.get("name", ""))
    else:
        told |= {"code": "IDENTITY_VERIFICATION_CANCELLED", "message": "사용자가 본인인증을 취소하였습니다."}
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(told)}", 303)


async def verification(request: Request) -> Response:
    if not request.headers.get("authorization", "").startswith("PortOne "):
        return JSONResponse({"type": "UNAUTHORIZED", "message": "인증 정보가 올바르지 않습니다."}, 401)
    found = stage.get("verification", request.path_params["id"])
    if found is None:
        told = {"type": "IDENTITY_VERIFICATION_NOT_FOUND", "message": "본인인증 건이 존재하지 않습니다."}
        return JSONResponse(told, 404)
    return JSONResponse(found)


async def verify(request: Request) -> Response:
    """`POST _control/verifications {"id": …, "birth": "1990-01-01"}`: somebody went through the window."""
    asked = await request.json()
    return JSONResponse(_verify(str(asked["id"]), str(asked["birth"]), "홍길동"))


def _verify(id: str, birth: str, name: str) -> dict[str, Any]:
    told = {
        "status": "VERIFIED", "id": id, "requestedAt": stage.stamp(), "updatedAt": stage.stamp(),
        "statusChangedAt": stage.stamp(), "verifiedAt": stage.stamp(), "pgTxId": uuid.uuid4().hex,
        "verifiedCustomer": {
            "id": uuid.uuid4().hex, "name": name, "birthDate": birth, "gender": "FEMALE", "isForeigner": False,
            "phoneNumber": "01012345678", "operator": "SKT", "ci": uuid.uuid4().hex, "di": uuid.uuid4().hex,
        },
    }  # fmt: skip
    stage.put("verification", id, told)
    return told


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


app = stage.app(
    [
        Route("/window", window, methods=["GET"]),
        Route("/window", decide, methods=["POST"]),
        Route("/identity-verifications/{id}", verification, methods=["GET"]),
        Route("/_control/verifications", verify, methods=["POST"]),
    ]
)
