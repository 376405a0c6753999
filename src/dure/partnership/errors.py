from typing import Any

from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NothingToCallBy(DureError):
    code = "nothing_to_call_by"
    message = _("전화번호나 사업자등록번호 가운데 하나는 적어 주세요. 다시 찾아뵐 때 꼭 필요해요.")
    field = "phone"


class BadPhone(DureError):
    code = "bad_phone"
    message = _("전화번호를 다시 확인해 주세요. 예: 010-1234-5678")
    field = "phone"


class BadBusinessNumber(DureError):
    code = "bad_business_number"
    message = _("사업자등록번호가 맞지 않아요. 열 자리 숫자를 다시 확인해 주세요.")
    field = "brn"


class ConsentNeeded(DureError):
    code = "consent_needed"
    message = _("전화번호를 받으려면 연락 동의가 필요해요. 문구를 읽어 드리고 동의를 받아 주세요.")
    field = "consent"


class NoConsentToMessage(DureError):
    code = "no_consent_to_message"
    message = _("연락에 동의하지 않은 점주예요. 문자나 이메일을 보내기 전에 동의를 받아 주세요.")
    field = "channel"
    status = 409


class KnownElsewhere(DureError):
    code = "known_elsewhere"
    message = _("이미 다른 점포(%(shop)s)에 적힌 번호예요. 같은 곳이면 두 기록을 합쳐 주세요.")
    status = 409

    def __init__(self, other: Any, reason: str) -> None:
        self.other, self.reason = other, reason
        super().__init__(shop=other.name)


class ScoresMissing(DureError):
    code = "scores_missing"
    message = _("모든 항목에 0점에서 5점 사이의 점수를 매겨 주세요.")
    field = "scores"


class NotScreened(DureError):
    code = "not_screened"
    message = _("심사 점수가 아직 없어요. 먼저 심사해 주세요.")
    status = 409


class ReasonNeeded(DureError):
    code = "reason_needed"
    message = _("이유를 한 줄 적어 주세요. 점주에게 설명할 때 필요해요.")
    field = "reason"


class NotAMerchandiser(DureError):
    code = "not_a_merchandiser"
    message = _("상품기획자(MD) 역할이 있는 사람을 골라 주세요.")
    field = "md"


class NotSelected(DureError):
    code = "not_selected"
    message = _("선정된 업체만 할 수 있어요. 심사를 먼저 마쳐 주세요.")
    status = 409


class AlreadyDecided(DureError):
    code = "already_decided"
    message = _("이미 확인이 끝난 항목이에요.")
    status = 409


class BothSelected(DureError):
    code = "both_selected"
    message = _("둘 다 이미 선정된 업체라 합칠 수 없어요. 운영자와 상의해 주세요.")
    status = 409


class BadMarketList(DureError):
    code = "bad_market_list"
    message = _("전통시장 목록이 아니에요: %(why)s")


class ShrunkenMarketList(DureError):
    code = "shrunken_market_list"
    message = _(
        "목록이 너무 짧아요: 지금 시장 %(known)d곳 가운데 %(listed)d곳만 있어요. 파일이 잘리지 않았는지 확인해 주세요."
    )
    status = 409
