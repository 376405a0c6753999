"""Who holds this bank account? See README.md for the protocol."""

from __future__ import annotations

import re
from functools import cache

from dure.config import load
from dure.kit import clock, ids
from dure.kit.http import Client, OutsideError

FOUND, NO_SUCH_ACCOUNT = "000", "555"


class NoSuchAccount(OutsideError):
    """The bank has no account of this number."""


class Account(Client):
    service = "account"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {load().account_key}"}

    def holder(self, bank_code: str, number: str, *, name: str = "", identity: str = "") -> str:
        """The holder's name as the bank prints it (long ones cut).

        `name` is what the person typed and `identity` the business number or date of birth (YYMMDD): some providers
        look up by number alone, some compare with these. Raises NoSuchAccount; OutsideError, `unknown` while the bank
        does not answer.
        """
        moment = clock.now().astimezone(clock.KST)
        answer = self.call(
            "POST",
            "/v2.0/inquiry/real_name",
            json={
                "bank_tran_id": f"DURE{ids.code(10)}",
                "bank_code_std": bank_code,
                "account_num": re.sub(r"\D", "", number),
                "account_holder_info_type": "6" if len(identity) == 10 else " ",
                "account_holder_info": identity,
                "account_holder_name": name,
                "tran_dtime": f"{moment:%Y%m%d%H%M%S}",
            },
        ).json()
        if answer["rsp_code"] != "A0000":
            raise OutsideError(self.service, answer["rsp_code"], answer["rsp_message"])
        if answer["bank_rsp_code"] == NO_SUCH_ACCOUNT:
            raise NoSuchAccount(self.service, NO_SUCH_ACCOUNT, answer["bank_rsp_message"])
        if answer["bank_rsp_code"] != FOUND:
            raise OutsideError(self.service, answer["bank_rsp_code"], answer["bank_rsp_message"], unknown=True)
        return str(answer["account_holder_name"])


@cache
def account() -> Account:
    return Account(load().outside_url("account", "https://openapi.openbanking.or.kr"))
