"""전국전통시장표준데이터 (data.go.kr): every traditional market the local governments have registered, page by page.

Rows come as the government wrote them: empty strings, joined lists, a few typing errors. They are given on unchanged;
the partnership room reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx

from dure.config import load
from dure.kit.http import Client, OutsideError

REAL = "https://api.data.go.kr"
PATH = "/openapi/tn_pubr_public_trdit_mrkt_api"
PAGE = 500


class Markets(Client):
    service = "markets"
    timeout = httpx.Timeout(30.0, connect=3.0)

    def pages(self) -> Iterator[list[dict[str, str]]]:
        """All markets, a page of rows at a time (`mrktNm`, `mrktType`, `rdnmadr`, `latitude`, …). Raises OutsideError."""
        seen, number = 0, 1
        while True:
            rows, total = self.page(number)
            if rows:
                yield rows
            seen += len(rows)
            if not rows or seen >= total:
                return
            number += 1

    def all(self) -> Iterator[dict[str, str]]:
        """Every market, a row at a time. Raises OutsideError."""
        for rows in self.pages():
            yield from rows

    def page(self, number: int, size: int = PAGE) -> tuple[list[dict[str, str]], int]:
        """One page of rows, and how many rows there are in all."""
        params = {"serviceKey": load().nts_key, "pageNo": number, "numOfRows": size, "type": "json"}
        response = self.call("GET", PATH, params=params)
        try:
            told = response.json()
        except ValueError as error:  # some refusals come as XML although JSON was asked for
            raise OutsideError(self.service, "NOT_JSON", response.text[:300], response.status_code) from error
        told = told.get("response", told)  # formerly wrapped, now not
        code = told["header"]["resultCode"]
        if code == "03":  # NODATA_ERROR
            return [], 0
        if code != "00":
            raise OutsideError(self.service, code, told["header"]["resultMsg"], response.status_code)
        body = told["body"]
        return _items(body["items"]), int(body["totalCount"])


def _items(items: Any) -> list[dict[str, str]]:
    """A list; or formerly an object with `item`, itself a row, a list of rows or an empty string."""
    if isinstance(items, dict):
        items = items.get("item", [])
    if isinstance(items, dict):
        return [items]
    return list(items or [])


@cache
def markets() -> Markets:
    return Markets(load().outside_url("markets", REAL))
