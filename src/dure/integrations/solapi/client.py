"""Text messages and Kakao notification talk (알림톡) through Solapi, API v4.

Messages go out in groups: a group is opened, filled, and sent once. That is what makes an unknown answer harmless: a
group tells how it stands (`group`) and what it holds (`messages`), a number is in it at most once (`ALREADY_IN`), and a
group that has been sent cannot be sent again. `uid` is ours and comes back with every report.

https://developers.solapi.com (HMAC-SHA256 over date and salt; status codes 1xxx refused, 2000 accepted, 3000 handed to
the carrier, 3xxx failed, 4000 received).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import orjson

from dure.config import load
from dure.kit import clock
from dure.kit.http import Client, OutsideError

REAL = "https://api.solapi.com"
MOST = 1000  # messages handed over at once; the service takes 10,000
ACCEPTED, ON_THE_WAY, RECEIVED, ALREADY_IN = "2000", "3000", "4000", "1026"
OPTED_OUT = {"1061", "2061"}  # by the free 080 number


@dataclass(frozen=True)
class Letter:
    """`kind`: SMS, LMS or ATA (notification talk). `to`: digits as dialled in Korea."""

    uid: str
    kind: str
    to: str
    text: str
    subject: str = ""
    template: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    buttons: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Report:
    """How one message stands; `code` is Solapi's."""

    uid: str
    ref: str
    code: str
    message: str

    @property
    def received(self) -> bool:
        return self.code == RECEIVED

    @property
    def waiting(self) -> bool:
        return self.code in {ACCEPTED, ON_THE_WAY}


@dataclass(frozen=True)
class Reviewed:
    """A talk template at Kakao: PENDING, INSPECTING, APPROVED or REJECTED, and what the reviewer said."""

    status: str
    comment: str


class Solapi(Client):
    service = "solapi"

    def headers(self) -> dict[str, str]:
        return {"Authorization": authorization(load().solapi_key, load().solapi_secret)}

    def error(self, response: httpx.Response) -> OutsideError:
        try:
            told = response.json()
            return OutsideError(self.service, told["errorCode"], told["errorMessage"], response.status_code)
        except (ValueError, KeyError, TypeError):
            return super().error(response)

    # Groups

    def open_group(self) -> str:
        """Raises OutsideError. A group nobody sends is forgotten by the service after a day."""
        return str(self.call("POST", "/messages/v4/groups", json={"allowDuplicates": False}).json()["groupId"])

    def add(self, group: str, letters: Sequence[Letter]) -> list[Report]:
        """What was taken and what was refused (1xxx), in the order of `letters`. Raises OutsideError."""
        told = self.call(
            "PUT", f"/messages/v4/groups/{group}/messages", json={"messages": [_wire(letter) for letter in letters]}
        ).json()["resultList"]
        return [
            Report(letter.uid, row.get("messageId", ""), str(row["statusCode"]), row.get("statusMessage", ""))
            for letter, row in zip(letters, told, strict=True)
        ]

    def send(self, group: str) -> None:
        """Raises OutsideError."""
        self.call("POST", f"/messages/v4/groups/{group}/send")

    def is_sent(self, group: str) -> bool:
        """Whether the group has been sent, as the service knows it. Raises OutsideError."""
        status = self.call("GET", f"/messages/v4/groups/{group}").json()["status"]
        return status not in {"PENDING", "FAILURE", "DELETED"}

    def messages(self, group: str) -> dict[str, Report]:
        """How the messages of a group stand, by our uid. Raises OutsideError."""
        found: dict[str, Report] = {}
        start = ""
        while True:
            params: dict[str, Any] = {"limit": 500, **({"startKey": start} if start else {})}
            told = self.call("GET", f"/messages/v4/groups/{group}/messages", params=params).json()
            for ref, row in told["messageList"].items():
                report = read_report({"messageId": ref, **row})
                found[report.uid] = report
            start = told.get("nextKey") or ""
            if not start:
                return found

    # Templates of notification talk

    def register(self, name: str, content: str, buttons: Sequence[Mapping[str, str]]) -> str:
        """The template's id at the service. Raises OutsideError."""
        asked = {
            "name": name,
            "content": content,
            "channelId": load().kakao_channel,
            "categoryCode": "002001",  # 구매 > 구매완료
            "messageType": "BA",
            "emphasizeType": "NONE",
            "securityFlag": False,
            "buttons": list(buttons),
        }
        return str(self.call("POST", "/kakao/v2/templates", json=asked).json()["templateId"])

    def ask_review(self, template: str) -> None:
        """Raises OutsideError."""
        self.call("PUT", f"/kakao/v2/templates/{template}/inspection")

    def reviewed(self, template: str) -> Reviewed:
        """Raises OutsideError."""
        told = self.call("GET", f"/kakao/v2/templates/{template}").json()
        comments = told.get("comments") or []
        return Reviewed(told["status"], comments[-1]["content"] if comments else "")


def authorization(key: str, secret: str) -> str:
    date, salt = clock.now().isoformat(timespec="seconds"), secrets.token_hex(16)
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature(secret, date, salt)}"


def signature(secret: str, date: str, salt: str) -> str:
    return hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()


def read_report(row: Mapping[str, Any]) -> Report:
    """A row of a group's list or of a webhook."""
    uid = (row.get("customFields") or {}).get("uid", "")
    return Report(uid, row["messageId"], str(row["statusCode"]), row.get("statusMessage") or "")


def groups_of_webhook(raw: bytes) -> set[str]:
    """The groups a webhook speaks of. It is not signed: only a hint to look. Raises ValueError."""
    try:
        told = orjson.loads(raw)
        if not isinstance(told, list):
            raise TypeError("not a list")
        return {str(item["data"]["groupId"]) for item in told}
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ValueError("not a report") from error


def _wire(letter: Letter) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "to": letter.to,
        "from": load().sender_phone,
        "text": letter.text,
        "type": letter.kind,
        "autoTypeDetect": False,
        "customFields": {"uid": letter.uid},
    }
    if letter.subject and letter.kind != "ATA":
        sent["subject"] = letter.subject
    if letter.kind == "ATA":
        sent["kakaoOptions"] = {
            "pfId": load().kakao_channel,
            "templateId": letter.template,
            "disableSms": True,  # the text instead is ours to send: by its own template, with its own consent
            "variables": {f"#{{{name}}}": value for name, value in letter.variables.items()},
            "buttons": list(letter.buttons),
        }
    return sent


@cache
def solapi() -> Solapi:
    return Solapi(load().outside_url("solapi", REAL))
