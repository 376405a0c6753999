"""One try: the message goes out, and what came back is told. No database here."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from dure.sites.api.errors import BadAddress
from dure.sites.api.hooks import guard

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
KEPT = 2000  # characters of an answer
READ = 64 * 1024  # bytes of an answer; the connection is closed on more


@dataclass(frozen=True)
class Answer:
    """`status` None: there was none, and `text` says why."""

    status: int | None
    text: str
    ms: int

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: str, headers: dict[str, str]) -> Answer:
    """Redirects are not followed: they could lead where the guard would not let us."""
    begun = time.perf_counter()
    try:
        status, text = _post(url, body, headers)
    except BadAddress as error:
        status, text = None, str(error)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        status, text = None, f"{type(error).__name__}: {error}"
    return Answer(status, text.replace("\x00", "")[:KEPT], round((time.perf_counter() - begun) * 1000))


def _post(url: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
    there = httpx.URL(url)
    pinned = there.copy_with(host=guard.address_of(url))
    sent = {**headers, "Host": there.netloc.decode("ascii"), "Content-Type": "application/json"}
    with (
        httpx.Client(timeout=TIMEOUT, trust_env=False) as client,
        client.stream(
            "POST", pinned, content=body.encode(), headers=sent, extensions={"sni_hostname": there.host}
        ) as response,
    ):
        read = b""
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) > READ:
                break
        return response.status_code, read[:READ].decode("utf-8", "replace")
