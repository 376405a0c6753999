"""Keys for tests: `as_key(client, a_key(seller))` asks with it."""

from __future__ import annotations

import json
from typing import Any

from dure.sites.api.actions import issue_key
from dure.sites.api.models import Holder
from dure.sites.api.scopes import OF_HOLDER


def a_key(seller: Any = None, *, scopes: Any = None, holder: str = "", **fields: Any) -> str:
    """The whole credential of a new key: a seller's, else a shop front's unless `holder` says otherwise."""
    holder = holder or (Holder.SELLER if seller else Holder.SHOPFRONT)
    fields.setdefault("per_minute", 100_000)
    wanted = OF_HOLDER[holder] if scopes is None else scopes
    return issue_key(name="시험", scopes=wanted, by=None, seller=seller, holder=holder, **fields).secret


class Machine:
    """A program that asks with a credential (or with none)."""

    def __init__(self, client: Any, credential: str = "") -> None:
        self.client = client
        self.credential = credential

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        if self.credential:
            headers["Authorization"] = f"Bearer {self.credential}"
        if key:
            headers["Idempotency-Key"] = key
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1{path}", headers=headers, **sent)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.ask("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        return self.ask("POST", path, {} if body is None else body, **kwargs)
