"""PortOne V2, identity verification (본인인증). See README.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from urllib.parse import quote, urlencode

import httpx

from dure.config import load
from dure.kit.http import Client, OutsideError

REAL = "https://api.portone.io"
VERIFIED = "VERIFIED"


@dataclass(frozen=True)
class Verified:
    """What came of a verification. `status`: READY, VERIFIED, FAILED; `birth` of who it was."""

    status: str
    birth: date | None


class Identity(Client):
    service = "identity"
    timeout = httpx.Timeout(60.0, connect=3.0)  # PortOne's own advice

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"PortOne {load().identity_secret}"}

    def verification(self, id: str) -> Verified:
        """Raises OutsideError."""
        told = self.call("GET", f"/identity-verifications/{quote(id, safe='')}").json()
        born = (told.get("verifiedCustomer") or {}).get("birthDate")
        return Verified(str(told["status"]), date.fromisoformat(born) if born else None)

    def error(self, response: httpx.Response) -> OutsideError:
        try:
            told = response.json()
            return OutsideError(self.service, str(told["type"]), str(told.get("message", "")), response.status_code)
        except (ValueError, KeyError, TypeError):
            return super().error(response)


def window_url(id: str, back: str) -> str:
    """Address of the simulated window; the real one is opened by PortOne's script (identity.ts)."""
    fields = {"storeId": load().identity_store, "identityVerificationId": id, "redirectUrl": back}
    return f"{load().simulators_url}/identity/window?{urlencode(fields)}"


@cache
def identity() -> Identity:
    return Identity(load().outside_url("identity", REAL))
