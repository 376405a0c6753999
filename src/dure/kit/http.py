"""The one HTTP client base. Every call to the outside has a time limit, carries the request id and is logged."""

from __future__ import annotations

from typing import Any

import httpx
import structlog

from dure.kit.log import HEADER, request_id

log = structlog.get_logger()


class OutsideError(Exception):
    """The outside said no (`code` and `message` as it put them) or said nothing we can trust (`unknown`).

    After `unknown` the deed may or may not have happened: look it up before doing it again.
    """

    def __init__(self, service: str, code: str, message: str, status: int | None = None, unknown: bool = False):
        self.service, self.code, self.message, self.status, self.unknown = service, code, message, status, unknown
        super().__init__(f"{service}: {code} {message}")


class Client:
    """Base of a service's client: one pooled connection set per base URL.

    Subclasses add the service's own headers in `headers()` and read its errors in `error()`.
    """

    service = "outside"
    timeout = httpx.Timeout(10.0, connect=3.0)

    def __init__(self, base_url: str, http: httpx.Client | None = None):
        self.http = http or httpx.Client(base_url=base_url, timeout=self.timeout)

    def headers(self) -> dict[str, str]:
        return {}

    def error(self, response: httpx.Response) -> OutsideError:
        return OutsideError(self.service, str(response.status_code), response.text[:500], response.status_code)

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> httpx.Response:
        """Raises OutsideError: a time-out, a lost connection or a 5xx is `unknown`."""
        sent = {**self.headers(), HEADER: request_id(), **(headers or {})}
        try:
            response = self.http.request(method, path, headers=sent, **kwargs)
        except httpx.HTTPError as error:
            log.warning("outside_unreachable", service=self.service, path=path, error=repr(error))
            raise OutsideError(self.service, "UNREACHABLE", repr(error), unknown=True) from error
        log.info("outside_called", service=self.service, method=method, path=path, status=response.status_code)
        if response.is_error:
            failure = self.error(response)
            failure.unknown = failure.unknown or response.status_code >= 500
            raise failure
        return response
