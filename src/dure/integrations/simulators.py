"""The outside world in one process: `granian --interface asgi dure.integrations.simulators:app`.

Each service lives under its own prefix and speaks its own protocol. `dure.integrations.stage` says how to make one
misbehave. `/` lists what is played here, for whoever finds the port open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from dure.integrations.account import simulator as account
from dure.integrations.address import simulator as address
from dure.integrations.carrier import simulator as carrier
from dure.integrations.identity import simulator as identity
from dure.integrations.mail import simulator as mail
from dure.integrations.mail_order import simulator as mail_order
from dure.integrations.markets import simulator as markets
from dure.integrations.nts import simulator as nts
from dure.integrations.solapi import simulator as solapi
from dure.integrations.stage import deliver_webhooks, memory
from dure.integrations.toss import simulator as toss

PLAYED = {
    "toss": (toss, "토스페이먼츠: 결제창, 승인·취소, 지급대행"),
    "nts": (nts, "국세청: 사업자등록 상태조회·진위확인"),
    "mail_order": (mail_order, "공정거래위원회: 통신판매사업자 등록현황"),
    "markets": (markets, "공공데이터포털: 전국전통시장표준데이터"),
    "account": (account, "은행: 예금주 조회"),
    "address": (address, "행정안전부: 도로명주소 검색"),
    "identity": (identity, "포트원: 본인인증"),
    "carrier": (carrier, "택배사: 배송 추적"),
    "solapi": (solapi, "솔라피: 문자와 카카오 알림톡"),
    "mail": (mail, "메일 서버: 보낸 편지를 모아 둬요(SMTP)"),
}
SHOWN = {"solapi": "받은 문자와 알림톡", "mail": "받은 편지"}  # whose own first page is worth a look


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    memory()
    stop = asyncio.Event()
    stages = {name: module.stage for name, (module, _) in PLAYED.items()}
    loop = asyncio.create_task(deliver_webhooks(stages, stop, [toss.tick, carrier.tick, solapi.tick]))
    post = await mail.listen()
    yield
    stop.set()
    if post is not None:
        post.close()
    await loop


async def index(request: Request) -> Response:
    rows = "".join(
        f'<li><strong>/{name}</strong> {about} <a href="/{name}/_control">_control</a>{_look(name)}</li>'
        for name, (_, about) in PLAYED.items()
    )
    return HTMLResponse(
        '<!doctype html><html lang="ko"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>두레 시뮬레이터</title><style>body{font:16px/1.7 system-ui,sans-serif;margin:2rem auto;max-width:40rem;"
        "padding:0 1rem}</style><h1>바깥세상 시뮬레이터</h1><p>개발과 데모에서 바깥 서비스를 대신해요. 실제 돈은 움직이지 않아요.</p>"
        f"<ul>{rows}</ul></html>"
    )


def _look(name: str) -> str:
    return f' <a href="/{name}/">{SHOWN[name]}</a>' if name in SHOWN else ""


async def healthz(request: Request) -> Response:
    return JSONResponse({"ok": True, "process": "simulators"})


app = Starlette(
    routes=[
        Route("/", index),
        Route("/healthz", healthz),
        *(Mount(f"/{name}", app=module.app) for name, (module, _) in PLAYED.items()),
    ],
    lifespan=lifespan,
)
