"""The government's address search, played: addresses of well-known public buildings, so that every zone can be tried."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dure.integrations.stage import Stage

stage = Stage("address")

# province, district, neighbourhood, road, number, lot, postcode, building
KNOWN = [
    ("서울특별시", "중구", "태평로1가", "세종대로", "110", "31", "04524", "서울특별시청"),
    ("서울특별시", "종로구", "예지동", "창경궁로", "88", "6-1", "03195", "광장시장"),
    ("서울특별시", "종로구", "세종로", "사직로", "161", "1-1", "03045", "경복궁"),
    ("서울특별시", "종로구", "와룡동", "율곡로", "99", "2-71", "03072", "창덕궁"),
    ("서울특별시", "용산구", "용산동6가", "서빙고로", "137", "168-6", "04383", "국립중앙박물관"),
    ("서울특별시", "서초구", "서초동", "남부순환로", "2406", "700", "06757", "예술의전당"),
    ("부산광역시", "연제구", "연산동", "중앙대로", "1001", "1000", "47545", "부산광역시청"),
    ("대구광역시", "중구", "동인동1가", "공평로", "88", "1", "41911", "대구광역시청"),
    ("인천광역시", "남동구", "구월동", "정각로", "29", "1138", "21554", "인천광역시청"),
    ("광주광역시", "서구", "치평동", "내방로", "111", "1200", "61945", "광주광역시청"),
    ("대전광역시", "서구", "둔산동", "둔산로", "100", "1420", "35242", "대전광역시청"),
    ("울산광역시", "남구", "신정동", "중앙로", "201", "646-4", "44675", "울산광역시청"),
    ("세종특별자치시", "", "보람동", "한누리대로", "2130", "700", "30151", "세종특별자치시청"),
    ("경기도", "수원시 영통구", "이의동", "도청로", "30", "184-1", "16508", "경기도청"),
    ("강원특별자치도", "춘천시", "봉의동", "중앙로", "1", "15", "24266", "강원특별자치도청"),
    ("전북특별자치도", "전주시 완산구", "서노송동", "노송광장로", "10", "568-1", "54994", "전주시청"),
    ("경상북도", "울릉군", "울릉읍 도동리", "도동2길", "68", "250", "40221", "울릉군청"),
    ("제주특별자치도", "제주시", "연동", "문연로", "6", "312-1", "63122", "제주특별자치도청"),
    ("제주특별자치도", "제주시", "이도이동", "광양9길", "10", "1176-1", "63208", "제주시청"),
]
REFUSALS = {
    "E0001": "승인되지 않은 KEY 입니다.",
    "E0005": "검색어가 입력되지 않았습니다.",
    "E0006": "주소를 상세히 입력해 주시기 바랍니다.",
    "E0008": "검색어는 두글자 이상 입력되어야 합니다.",
    "E0009": "검색어는 문자와 숫자 같이 입력되어야 합니다.",
    "E0010": "검색어가 너무 깁니다. (한글40자, 영문,숫자 80자 이하)",
    "E0013": "SQL 예약어 또는 특수문자( %,=,>,<,[,] )는 검색이 불가능 합니다.",
    "E0015": "검색 범위를 초과하였습니다.",
}


async def search(request: Request) -> Response:
    asked = {**request.query_params, **(dict(await request.form()) if request.method == "POST" else {})}
    keyword = str(asked.get("keyword", "")).strip()
    page, per_page = _whole(asked.get("currentPage"), 1), min(_whole(asked.get("countPerPage"), 10), 100)
    code = _refusal(str(asked.get("confmKey", "")), keyword, page * per_page)
    if code:
        return _answer([], 0, page, per_page, code)
    rows = [row for place in KNOWN if all(word in " ".join((row := _row(place)).values()) for word in keyword.split())]
    return _answer(rows[(page - 1) * per_page : page * per_page], len(rows), page, per_page)


def _refusal(key: str, keyword: str, reach: int) -> str:
    if not key:
        return "E0001"
    if not keyword:
        return "E0005"
    if re.search(r"[%=><\[\]]", keyword):
        return "E0013"
    if len(keyword) < 2:
        return "E0008"
    if keyword.isdigit():
        return "E0009"
    if len(keyword) > 40:
        return "E0010"
    return "E0015" if reach > 9000 else ""


def _row(place: tuple[str, ...]) -> dict[str, str]:
    province, district, town, road, number, lot, postcode, building = place
    area = f"{province} {district}".strip()
    main, _dash, sub = lot.partition("-")
    return {
        "roadAddr": f"{area} {road} {number} ({town})",
        "roadAddrPart1": f"{area} {road} {number}",
        "roadAddrPart2": f"({town})",
        "jibunAddr": f"{area} {town} {lot} {building}",
        "engAddr": "",
        "zipNo": postcode,
        "admCd": "",
        "rnMgtSn": "",
        "bdMgtSn": "",
        "detBdNmList": "",
        "bdNm": building,
        "bdKdcd": "0",
        "siNm": province,
        "sggNm": district,
        "emdNm": town,
        "liNm": "",
        "rn": road,
        "udrtYn": "0",
        "buldMnnm": number,
        "buldSlno": "0",
        "mtYn": "0",
        "lnbrMnnm": main,
        "lnbrSlno": sub or "0",
        "emdNo": "01",
    }


def _answer(rows: list[dict[str, str]], total: int, page: int, per_page: int, code: str = "0") -> Response:
    common: dict[str, Any] = {
        "errorMessage": REFUSALS.get(code, "정상"),
        "countPerPage": str(per_page),
        "totalCount": str(total),
        "errorCode": code,
        "currentPage": str(page),
    }
    return JSONResponse({"results": {"common": common, "juso": rows if code == "0" else None}})


def _whole(text: Any, otherwise: int) -> int:
    return int(text) if str(text).isdecimal() and int(text) > 0 else otherwise


app = stage.app([Route("/addrLinkApi.do", search, methods=["GET", "POST"])])
