"""국세청 사업자등록정보 (data.go.kr 15081808): is this business active, and does the certificate belong to this person?

The service tells no name and no address, whatever one would wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import httpx

from dure.config import load
from dure.kit.http import Client, OutsideError

REAL = "https://api.odcloud.kr/api/nts-businessman/v1"
ACTIVE, SUSPENDED, CLOSED, UNREGISTERED = "01", "02", "03", ""
BATCH = 100


@dataclass(frozen=True)
class Status:
    """What the tax service says of one number. `state` is 01 active, 02 suspended, 03 closed, "" not registered."""

    brn: str
    state: str
    state_name: str
    tax_type: str  # tax_type_cd: 01 general, 02 simplified, 03 special, 04 exempt, 05 non-profit, 06 group, 07 simplified with invoices
    tax_type_name: str  # for a number that is not registered: the service's sentence
    closed_on: date | None
    raw: dict[str, Any]  # the row as it came: evidence

    @property
    def active(self) -> bool:
        return self.state == ACTIVE

    @property
    def registered(self) -> bool:
        return self.state != UNREGISTERED


class NTS(Client):
    service = "nts"

    def status(self, numbers: list[str]) -> dict[str, Status]:
        """Status by number (ten digits each), asked in batches of 100. Raises OutsideError."""
        found: dict[str, Status] = {}
        unique = list(dict.fromkeys(numbers))
        for start in range(0, len(unique), BATCH):
            answer = self._ask("/status", {"b_no": unique[start : start + BATCH]})
            found |= {row["b_no"]: _status(row) for row in answer["data"]}
        return found

    def validate(self, brn: str, representative: str, started_on: date) -> bool:
        """Whether the certificate of registration names this person and day. Raises OutsideError."""
        asked = {
            "b_no": brn, "start_dt": f"{started_on:%Y%m%d}", "p_nm": representative, "p_nm2": "", "b_nm": "", "corp_no": "",
            "b_sector": "", "b_type": "", "b_adr": "",
        }  # fmt: skip
        return bool(self._ask("/validate", {"businesses": [asked]})["data"][0]["valid"] == "01")

    def error(self, response: httpx.Response) -> OutsideError:
        try:
            told = response.json()
        except ValueError:
            return super().error(response)
        code = str(told.get("status_code", told.get("code", response.status_code)))
        return OutsideError(self.service, code, str(told.get("msg", "")), response.status_code)

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        params = {"serviceKey": load().nts_key, "returnType": "JSON"}
        response = self.call("POST", path, params=params, json=body)
        answer: dict[str, Any] = response.json()
        if answer.get("status_code") != "OK":  # a refusal may come with HTTP 200
            raise self.error(response)
        return answer


def _status(row: dict[str, Any]) -> Status:
    end = row["end_dt"]
    return Status(
        brn=row["b_no"],
        state=row["b_stt_cd"],
        state_name=row["b_stt"],
        tax_type=row["tax_type_cd"],
        tax_type_name=row["tax_type"],
        closed_on=date(int(end[:4]), int(end[4:6]), int(end[6:8])) if end else None,
        raw=row,
    )


@cache
def nts() -> NTS:
    return NTS(load().outside_url("nts", REAL))
