"""The sentences people agree to, by purpose and version. A published version never changes: add a new one.

`Consent.wording_version` names the version that was read out. The newest version of a purpose is the first one here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# 정보통신망법 제50조 제8항: consent to advertising messages is confirmed again every two years.
TWO_YEARS_IN_DAYS = 730


@dataclass(frozen=True)
class Wording:
    purpose: str
    version: str
    title: Any  # lazy translations
    text: Any
    valid_days: int | None  # None: until withdrawn


WORDINGS = (
    Wording(
        "CONTACT",
        "2026-11",
        _("입점 상담을 위한 연락"),
        _(
            "두레가 온라인 입점 상담을 위해 점포 이름, 전화번호, 사업자등록번호를 받아 두고 연락드리는 것에 동의합니다. "
            "입점하지 않으시면 1년 뒤에 이름과 전화번호를 지우며, 언제든 그만두라고 하실 수 있어요."
        ),
        365,
    ),
    Wording(
        "MARKETING",
        "2026-11",
        _("교육·지원사업 소식 받기 (선택)"),
        _("두레의 교육과 지원사업 소식을 문자로 받는 것에 동의합니다. 2년마다 다시 여쭙고, 언제든 그만두실 수 있어요."),
        TWO_YEARS_IN_DAYS,
    ),
    Wording(
        "PHOTO",
        "2026-11",
        _("가게 사진 쓰기 (선택)"),
        _("오늘 찍은 가게와 상품 사진을 심사와 상품 페이지 준비에 쓰는 것에 동의합니다."),
        None,
    ),
    # Advertising to buyers, by way. They stand until withdrawn; every two years we tell that they do (제50조 제8항).
    Wording(
        "AD_EMAIL",
        "2026-11",
        _("이메일로 혜택 소식 받기 (선택)"),
        _("두레가 쿠폰, 기획전, 라이브 소식 같은 광고를 이메일로 보내는 것에 동의합니다. 언제든 그만두실 수 있어요."),
        None,
    ),
    Wording(
        "AD_TEXT",
        "2026-11",
        _("문자로 혜택 소식 받기 (선택)"),
        _("두레가 쿠폰, 기획전, 라이브 소식 같은 광고를 문자로 보내는 것에 동의합니다. 언제든 그만두실 수 있어요."),
        None,
    ),
    Wording(
        "AD_NIGHT",
        "2026-11",
        _("밤에도 문자로 혜택 소식 받기 (선택)"),
        _("두레가 밤 9시부터 아침 8시 사이에도 광고 문자를 보내는 것에 동의합니다. 언제든 그만두실 수 있어요."),
        None,
    ),
)


def current(purpose: str) -> Wording:
    """Raises KeyError for an unknown purpose."""
    for wording in WORDINGS:
        if wording.purpose == purpose:
            return wording
    raise KeyError(purpose)


def find(purpose: str, version: str) -> Wording | None:
    return next((w for w in WORDINGS if w.purpose == purpose and w.version == version), None)
