"""The carriers, played: a registered parcel is picked up, moves, goes out and arrives, one step per `pace` seconds.

    GET  /v1/tracks/{carrierId}/{trackingNumber}
    POST /v1/track-webhooks   {"carrierId", "trackingNumber", "callbackUrl", "expirationTime"}

Waybills ending in 13 fail at the first delivery and arrive on the second; waybills ending in 00 are never scanned.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.carrier.carriers import BY_TRACKER, is_waybill
from dure.integrations.carrier.client import SIGNATURE, sign
from dure.integrations.stage import Stage
from dure.kit.clock import KST

stage = Stage("carrier", webhook_path="/api/webhooks/carrier")

ROAD = (
    ("AT_PICKUP", "집화처리", "보내는 곳 영업소"),
    ("IN_TRANSIT", "간선상차", "대전 허브"),
    ("IN_TRANSIT", "간선하차", "받는 곳 터미널"),
    ("OUT_FOR_DELIVERY", "배달출발", "받는 곳 영업소"),
    ("DELIVERED", "배달완료", "받는 곳"),
)
BUMPY_ROAD = (*ROAD[:4], ("ATTEMPT_FAIL", "미배달(수취인 부재)", "받는 곳"), ROAD[3], ROAD[4])


async def show(request: Request) -> Response:
    tick()
    carrier, waybill = request.path_params["carrier"], request.path_params["waybill"]
    if (refusal := _refusal(request, carrier, waybill)) is not None:
        return refusal
    parcel = _find(f"{carrier}/{waybill}")
    if not parcel or not parcel["events"]:
        return JSONResponse({"code": "NOT_FOUND", "message": "운송장 정보가 아직 없습니다."}, 404)
    return JSONResponse(_told(parcel))


async def register(request: Request) -> Response:
    asked = await request.json()
    carrier, waybill = asked.get("carrierId", ""), asked.get("trackingNumber", "")
    if (refusal := _refusal(request, carrier, waybill)) is not None:
        return refusal
    id = f"{carrier}/{waybill}"
    if _find(id) is None:
        parcel = {
            "id": id,
            "carrierId": carrier,
            "trackingNumber": waybill,
            "callbackUrl": asked["callbackUrl"],
            "events": [],
        }
        stage.put("parcel", id, {**parcel, "next": None if waybill.endswith("00") else _next_step()})
    return JSONResponse({"ok": True})


def tick() -> None:
    """Let the parcels on the road make the steps that are due, each with its webhook."""
    for parcel in stage.all("parcel"):
        while parcel["next"] is not None and parcel["next"] <= time.time():
            road = BUMPY_ROAD if parcel["trackingNumber"].endswith("13") else ROAD
            code, name, place = road[len(parcel["events"])]
            at = datetime.fromtimestamp(parcel["next"], UTC)
            moment = at.astimezone(KST).isoformat(timespec="milliseconds")
            event = {"status": {"code": code, "name": name}, "time": moment, "location": {"name": place}}
            parcel["events"].append(event)
            parcel["next"] = _next_step(parcel["next"]) if len(parcel["events"]) < len(road) else None
            stage.put("parcel", parcel["id"], parcel)
            stage.send_webhook(
                _told(parcel), url=parcel["callbackUrl"], headers=lambda raw, at: {SIGNATURE: sign(raw.encode(), at)}
            )
            if parcel["next"] is None:
                stage.drop("parcel", parcel["id"])
                stage.put("arrived", parcel["id"], parcel)


def _find(id: str) -> dict[str, Any] | None:
    return stage.get("parcel", id) or stage.get("arrived", id)  # type: ignore[no-any-return]


def _next_step(after: float | None = None) -> float:
    return (after or time.time()) + max(float(stage.setting("pace")), 0.001)


def _refusal(request: Request, carrier: str, waybill: str) -> Response | None:
    if not request.headers.get("authorization", "").startswith("Bearer "):
        return JSONResponse({"code": "UNAUTHENTICATED", "message": "인증 정보가 없습니다."}, 401)
    if carrier not in BY_TRACKER:
        return JSONResponse({"code": "BAD_REQUEST", "message": "알 수 없는 택배사입니다."}, 400)
    if not is_waybill(BY_TRACKER[carrier].code, waybill):
        return JSONResponse({"code": "BAD_REQUEST", "message": "운송장 번호의 자릿수가 맞지 않습니다."}, 400)
    return None


def _told(parcel: dict[str, Any]) -> dict[str, Any]:
    return {name: parcel[name] for name in ("carrierId", "trackingNumber", "events")}


app = stage.app(
    [
        Route("/v1/tracks/{carrier}/{waybill}", show, methods=["GET"]),
        Route("/v1/track-webhooks", register, methods=["POST"]),
    ]
)
