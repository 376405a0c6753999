"""도로명주소 검색 API (business.juso.go.kr, addrLinkApi.do): Korean addresses by road, building or lot, with their postcode.

The service refuses words it cannot search with HTTP 200 and a code; those sentences are meant for whoever typed them
(`BadWords`). Its keys are bound to a site; without one in production, addresses are typed by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from dure.config import load
from dure.kit.http import Client, OutsideError

REAL = "https://business.juso.go.kr/addrlink"
OK = "0"
ABOUT_THE_WORDS = {"E0005", "E0006", "E0008", "E0009", "E0010", "E0011", "E0012", "E0013", "E0015"}
# What the service refuses to search (its own list): comparison signs, and words of SQL.
_SIGNS = re.compile(r"[%=><]")
_SQL = re.compile(r"\b(OR|SELECT|INSERT|DELETE|UPDATE|CREATE|DROP|EXEC|UNION|FETCH|DECLARE|TRUNCATE)\b", re.IGNORECASE)


class BadWords(OutsideError):
    """The words cannot be searched; `message` says why, in Korean, as the service puts it."""


@dataclass(frozen=True)
class Place:
    road: str  # 도로명주소, with the reference part in brackets
    lot: str  # 지번주소
    postcode: str
    building: str
    english: str


@dataclass(frozen=True)
class Found:
    places: tuple[Place, ...]
    total: int


class Juso(Client):
    service = "address"

    def search(self, words: str, *, page: int = 1, per_page: int = 10) -> Found:
        """Raises BadWords, OutsideError."""
        keyword = " ".join(_SQL.sub(" ", _SIGNS.sub(" ", words)).split())
        params: dict[str, Any] = {
            "confmKey": load().address_key, "currentPage": page, "countPerPage": per_page, "keyword": keyword,
            "resultType": "json",
        }  # fmt: skip
        told = self.call("GET", "/addrLinkApi.do", params=params).json()["results"]
        code, message = str(told["common"]["errorCode"]), str(told["common"]["errorMessage"])
        if code in ABOUT_THE_WORDS:
            raise BadWords(self.service, code, message)
        if code != OK:
            raise OutsideError(self.service, code, message)
        return Found(tuple(_place(row) for row in told["juso"] or ()), int(told["common"]["totalCount"]))


def _place(row: dict[str, str]) -> Place:
    return Place(row["roadAddr"], row["jibunAddr"], row["zipNo"], row.get("bdNm", ""), row.get("engAddr", ""))


@cache
def juso() -> Juso:
    return Juso(load().outside_url("address", REAL))
