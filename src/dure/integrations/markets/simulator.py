"""The open-data portal, played: the well-known markets, and as many made-up ones as asked for.

POST _control/markets {"made_up": 1400, "wrapped": true}     more rows; the old `response` envelope
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.markets.client import PATH
from dure.integrations.stage import Stage


def _as_xml(code: str, message: str) -> str:
    """The portal's gateway answers in XML, whatever was asked for."""
    return (
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{escape(message)}</returnAuthMsg><returnReasonCode>{escape(code)}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>"
    )


stage = Stage("markets", fault_body=_as_xml)

# name, kind, road address, opening cycle, latitude, longitude, shops, goods: from common knowledge, rounded to 100 m
MARKETS = [
    ("광장시장", "상설장", "서울특별시 종로구 창경궁로 88", "매일", 37.570, 126.999, 1500, "먹거리+한복+직물"),
    ("망원시장", "상설장", "서울특별시 마포구 포은로8길 14", "매일", 37.556, 126.906, 85, "농산물+수산물+먹거리"),
    ("자갈치시장", "상설장", "부산광역시 중구 자갈치해안로 52", "매일", 35.097, 129.030, 480, "수산물+건어물"),
    ("서문시장", "상설장", "대구광역시 중구 큰장로26길 45", "매일", 35.869, 128.581, 4000, "직물+의류+먹거리"),
    ("모란민속5일장", "5일장", "경기도 성남시 중원구 둔촌대로 68", "4일+9일", 37.430, 127.126, 950, "농산물+약초"),
    (
        "정선아리랑시장",
        "상설장+5일장",
        "강원특별자치도 정선군 정선읍 5일장길 36",
        "2일+7일",
        37.381,
        128.660,
        160,
        "산나물",
    ),
    (
        "전주남부시장",
        "상설장",
        "전북특별자치도 전주시 완산구 풍남문2길 63",
        "매일",
        35.812,
        127.147,
        800,
        "농산물+먹거리",
    ),
    ("동문시장", "상설장", "제주특별자치도 제주시 관덕로14길 20", "매일", 33.512, 126.528, 300, "감귤+옥돔+오메기떡"),
]


async def rows(request: Request) -> Response:
    query = request.query_params
    if not query.get("serviceKey"):
        return Response(_as_xml("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"), media_type="application/xml")
    number, size = int(query.get("pageNo", 1)), min(int(query.get("numOfRows", 10)), 1000)
    asked = stage.get("asked", "now") or {}
    total = len(MARKETS) + int(asked.get("made_up", 0))
    items = [_row(i) for i in range((number - 1) * size, min(number * size, total))]
    if not items:
        told: dict[str, Any] = {"header": {"resultCode": "03", "resultMsg": "NODATA_ERROR"}}
    else:
        body = {"items": items, "totalCount": str(total), "numOfRows": str(size), "pageNo": str(number)}
        told = {"header": {"resultCode": "00", "resultMsg": "NORMAL_SERVICE", "type": "json"}, "body": body}
    return JSONResponse({"response": told} if asked.get("wrapped") else told)


async def ask_for(request: Request) -> Response:
    stage.put("asked", "now", await request.json())
    return Response(status_code=204)


def _row(i: int) -> dict[str, str]:
    name, kind, address, cycle, latitude, longitude, shops, goods = MARKETS[i % len(MARKETS)]
    again = i // len(MARKETS)
    province, town = address.split()[:2]
    placed = again % 80 != 79  # some of the real rows have no coordinates
    return {
        "mrktNm": f"{town} 가상{again}시장" if again else name,
        "mrktType": kind,
        "rdnmadr": f"{address.rsplit(' ', 1)[0]} {again}" if again else address,
        "lnmadr": "",
        "mrktEstblCycle": cycle,
        "latitude": f"{latitude + again / 1000:.4f}" if placed else "",
        "longitude": f"{longitude + again / 1000:.4f}" if placed else "",
        "storNumber": str(shops),
        "trtmntPrdlst": goods,
        "useGcct": "온누리상품권",
        "homepageUrl": "",
        "pblicToiletYn": "Y",
        "prkplceYn": "Y",
        "estblYear": "",
        "phoneNumber": "",
        "referenceDate": "2026-10-31",
        "insttCode": "",
        "insttNm": f"{province} {town}",
    }


app = stage.app([Route(PATH, rows, methods=["GET"]), Route("/_control/markets", ask_for, methods=["POST"])])
