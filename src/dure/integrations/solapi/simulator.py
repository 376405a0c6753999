"""Solapi, played: groups of text messages and notification talk, templates and their review, reports by webhook.

    POST /messages/v4/groups                    PUT  /messages/v4/groups/{id}/messages
    POST /messages/v4/groups/{id}/send          GET  /messages/v4/groups/{id}[/messages]
    POST /kakao/v2/templates                    PUT  /kakao/v2/templates/{id}/inspection     GET /kakao/v2/templates/{id}
    GET  /                                      what people got, newest first, for whoever wants to look

Numbers ending in 0000 belong to nobody (3032), in 0009 use no KakaoTalk (3104, talk only), in 0061 have opted out by the
free number (2061). A template whose text says 무조건 or 공짜 is rejected.
"""

from __future__ import annotations

import html
import re
import time
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from dure.config import load
from dure.integrations.solapi.client import signature
from dure.integrations.stage import Stage

stage = Stage(
    "solapi",
    webhook_path="/api/webhooks/solapi",
    fault_body=lambda code, message: {"errorCode": code, "errorMessage": message},
)

AUTHORIZATION = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=(\w+)$")
WORDS = {
    "1010": "필수 입력 값 미입력",
    "1014": "제목은 40byte까지 사용 가능합니다.",
    "1025": "잘못된 메시지 타입",
    "1026": "중복 수신번호",
    "1029": "EUC-KR(완성형 한글) 범위 안에 있는 문자만 사용 합니다.",
    "1031": "SMS는 90byte LMS는 2000byte ATA는 1000자까지 사용 가능 합니다.",
    "1042": "유효한 템플릿 아이디가 아닙니다.",
    "1043": "등록한 템플릿과 내용이 다릅니다.",
    "1062": "발신번호 미등록",
    "2000": "정상 접수(이통사로 접수 예정)",
    "2061": "사용자에 의해 수신거부 됨(080무료수신거부)",
    "3000": "이통사로 접수(리포트를 기다리는 중)",
    "3010": "수신번호 형식 오류",
    "3032": "미가입자",
    "3104": "카카오톡 미사용자",
    "4000": "수신 완료",
}
LIMITS = {"SMS": 90, "LMS": 2000}
REJECTED_WORDS = ("무조건", "공짜")


async def open_group(request: Request) -> Response:
    group = {"groupId": _id("G4V"), "status": "PENDING", "log": [], "made": time.time()}
    stage.put("group", group["groupId"], group)
    return JSONResponse(group)


async def add(request: Request) -> Response:
    group = stage.get("group", request.path_params["group"])
    if group is None:
        return _refused(404, "ResourceNotFound", "해당 그룹이 없습니다.")
    if group["status"] != "PENDING":
        return _refused(400, "ValidationError", "발송 접수된 그룹에는 메시지를 추가할 수 없습니다.")
    kind = f"in:{group['groupId']}"
    numbers = {row["to"] for row in stage.all(kind)}
    results = []
    for asked in (await request.json())["messages"]:
        code = _taken(asked, numbers)
        row = {**asked, "messageId": _id("M4V"), "statusCode": code, "statusMessage": WORDS[code]}
        if code == "2000":
            numbers.add(asked["to"])
            stage.put(kind, row["messageId"], {**row, "groupId": group["groupId"]})
        results.append({k: row[k] for k in ("to", "from", "type", "messageId", "statusCode", "statusMessage")})
    return JSONResponse({"errorCount": sum(row["statusCode"] != "2000" for row in results), "resultList": results})


async def send(request: Request) -> Response:
    group = stage.get("group", request.path_params["group"])
    if group is None:
        return _refused(404, "ResourceNotFound", "해당 그룹이 없습니다.")
    if group["status"] != "PENDING":
        return _refused(400, "ValidationError", "이미 발송 접수된 그룹입니다.")
    due = time.time() + max(float(stage.setting("pace")) / 4, 0.001)
    stage.put("group", group["groupId"], {**group, "status": "SENDING"})
    stage.put("sending", group["groupId"], {"groupId": group["groupId"], "due": due})
    return JSONResponse({**group, "status": "SENDING"})


async def show_group(request: Request) -> Response:
    tick()
    group = stage.get("group", request.path_params["group"])
    return JSONResponse(group) if group else _refused(404, "ResourceNotFound", "해당 그룹이 없습니다.")


async def show_messages(request: Request) -> Response:
    tick()
    rows = stage.all(f"in:{request.path_params['group']}")
    limit, start = int(request.query_params.get("limit", 20)), request.query_params.get("startKey", "")
    rest = [row for row in rows if row["messageId"] >= start]
    page, more = rest[:limit], rest[limit:]
    return JSONResponse(
        {
            "limit": limit,
            "startKey": start or None,
            "nextKey": more[0]["messageId"] if more else None,
            "messageList": {row["messageId"]: row for row in page},
        }
    )


def tick() -> None:
    """Groups whose time has come reach their people, or do not; each report is told by webhook."""
    for waiting in stage.all("sending"):
        if waiting["due"] > time.time():
            continue
        kind, news = f"in:{waiting['groupId']}", []
        for row in stage.all(kind):
            code = _arrived(row)
            row = {**row, "statusCode": code, "statusMessage": WORDS[code], "at": stage.stamp()}
            stage.put(kind, row["messageId"], row)
            if code == "4000":
                stage.put("got", f"{time.time():.6f}-{row['messageId']}", row)
            told = ("messageId", "groupId", "type", "to", "from", "statusCode", "statusMessage", "customFields")
            news.append({"eventDataId": uuid.uuid4().hex, "retryCount": 0, "data": {k: row.get(k) for k in told}})
        stage.put("group", waiting["groupId"], {**stage.get("group", waiting["groupId"]), "status": "COMPLETE"})
        stage.drop("sending", waiting["groupId"])
        if news:
            stage.send_webhook(news)


# Templates


async def register(request: Request) -> Response:
    asked = await request.json()
    if not asked.get("name") or not asked.get("content"):
        return _refused(400, "ValidationError", "템플릿 이름과 내용은 필수입니다.")
    template = {**asked, "templateId": _id("KA01TP"), "status": "PENDING", "comments": []}
    stage.put("template", template["templateId"], template)
    return JSONResponse(template)


async def inspect(request: Request) -> Response:
    template = stage.get("template", request.path_params["template"])
    if template is None:
        return _refused(404, "ResourceNotFound", "해당 템플릿이 없습니다.")
    due = time.time() + float(stage.setting("pace"))
    stage.put("template", template["templateId"], {**template, "status": "INSPECTING", "due": due})
    return JSONResponse({**template, "status": "INSPECTING"})


async def show_template(request: Request) -> Response:
    template = stage.get("template", request.path_params["template"])
    if template is None:
        return _refused(404, "ResourceNotFound", "해당 템플릿이 없습니다.")
    if template["status"] == "INSPECTING" and template["due"] <= time.time():
        bad = next((word for word in REJECTED_WORDS if word in template["content"]), "")
        comment = [{"content": f"‘{bad}’은(는) 광고성 표현이에요.", "isAdmin": True}] if bad else []
        template = {**template, "status": "REJECTED" if bad else "APPROVED", "comments": comment}
        stage.put("template", template["templateId"], template)
    return JSONResponse(template)


async def index(request: Request) -> Response:
    """What came to people's telephones."""
    tick()
    bubbles = "".join(
        f'<li class="{row["type"]}"><b>{html.escape(row["to"])}</b> <small>{row["type"]} {row["at"][11:16]}</small>'
        f"<p>{html.escape(row['text'])}</p>{_buttons(row)}</li>"
        for row in reversed(stage.all("got")[-100:])
    )
    return HTMLResponse(
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>받은 문자와 알림톡</title><style>body{font:16px/1.6 system-ui,sans-serif;margin:1.5rem auto;max-width:26rem;"
        "padding:0 1rem}ul{list-style:none;padding:0}li{border-radius:14px;padding:.8rem 1rem;margin:.7rem 0;"
        "background:#eef1f4}li.ATA{background:#fbe24d}p{white-space:pre-wrap;margin:.3rem 0}"
        ".button{display:block;border:1px solid #777;border-radius:8px;text-align:center;padding:.3rem}</style>"
        f"<h1>받은 문자와 알림톡</h1><ul>{bubbles or '<li>아직 없어요.</li>'}</ul></html>"
    )


def _buttons(row: dict[str, Any]) -> str:
    return "".join(
        f'<a class="button" href="{html.escape(button.get("linkMo", ""))}">{html.escape(button["buttonName"])}</a>'
        for button in row.get("kakaoOptions", {}).get("buttons", [])
    )


def _taken(asked: dict[str, Any], numbers: set[str]) -> str:
    """The code a message is answered with when it is handed over."""
    if not asked.get("to") or not asked.get("text"):
        return "1010"
    if asked["to"] in numbers:
        return "1026"
    if asked.get("from") != load().sender_phone:
        return "1062"
    if asked["type"] == "ATA":
        return _talk_taken(asked)
    if asked["type"] not in LIMITS:
        return "1025"
    try:
        size, title = _size(asked["text"]), _size(asked.get("subject", ""))
    except UnicodeEncodeError:
        return "1029"
    if title > 40:
        return "1014"
    return "2000" if size <= LIMITS[asked["type"]] else "1031"


def _size(text: str) -> int:
    """Bytes in EUC-KR. Raises UnicodeEncodeError also for syllables Python would spell out in eight bytes."""
    for at, sign in enumerate(text):
        if len(sign.encode("euc-kr")) > 2:
            raise UnicodeEncodeError("euc-kr", text, at, at + 1, "not one of the 2,350 syllables")
    return len(text.encode("euc-kr"))


def _talk_taken(asked: dict[str, Any]) -> str:
    options = asked.get("kakaoOptions", {})
    template = stage.get("template", options.get("templateId", ""))
    if template is None or template["status"] != "APPROVED":
        return "1042"
    if len(asked["text"]) > 1000:
        return "1031"
    expected = template["content"]
    for name, value in options.get("variables", {}).items():
        expected = expected.replace(name, value)
    return "2000" if expected == asked["text"] else "1043"


def _arrived(row: dict[str, Any]) -> str:
    if not re.fullmatch(r"01\d{8,9}", row["to"]):
        return "3010"
    if row["to"].endswith("0000"):
        return "3032"
    if row["to"].endswith("0061"):
        return "2061"
    return "3104" if row["type"] == "ATA" and row["to"].endswith("0009") else "4000"


class _Keyed:
    """Refuses what is not signed by the house's key, before anything is looked at."""

    def __init__(self, endpoint: Any):
        self.endpoint = endpoint

    async def __call__(self, request: Request) -> Response:
        found = AUTHORIZATION.match(request.headers.get("authorization", ""))
        if not found:
            return _refused(401, "Unauthorized", "인증 정보가 없습니다.")
        key, date, salt, given = found.groups()
        if key != load().solapi_key or given != signature(load().solapi_secret, date, salt):
            return _refused(403, "SignatureDoesNotMatch", "서명이 일치하지 않습니다.")
        answer: Response = await self.endpoint(request)
        return answer


def _refused(status: int, code: str, message: str) -> Response:
    return JSONResponse({"errorCode": code, "errorMessage": message}, status)


def _id(prefix: str) -> str:
    return f"{prefix}{time.time_ns()}{uuid.uuid4().hex[:8].upper()}"


def _route(path: str, endpoint: Any, method: str) -> Route:
    keyed = _Keyed(endpoint)

    async def answer(request: Request) -> Response:
        return await keyed(request)

    return Route(path, answer, methods=[method])


app = stage.app(
    [
        Route("/", index, methods=["GET"]),
        _route("/messages/v4/groups", open_group, "POST"),
        _route("/messages/v4/groups/{group}", show_group, "GET"),
        _route("/messages/v4/groups/{group}/messages", add, "PUT"),
        _route("/messages/v4/groups/{group}/messages", show_messages, "GET"),
        _route("/messages/v4/groups/{group}/send", send, "POST"),
        _route("/kakao/v2/templates", register, "POST"),
        _route("/kakao/v2/templates/{template}", show_template, "GET"),
        _route("/kakao/v2/templates/{template}/inspection", inspect, "PUT"),
    ]
)
