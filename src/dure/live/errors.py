"""What a show cannot do, in words a host can act on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NotDisclosed(DureError):
    code = "not_disclosed"
    message = _("광고 표시를 먼저 해 주세요. 받은 것이 없다면 ‘받은 것 없음’이라고 선언해야 방송할 수 있어요.")
    status = 409
    field = "benefit"


class WordingRefused(DureError):
    message = _("이 문구로는 광고 표시가 되지 않아요.")
    field = "wording"


class WordingVague(WordingRefused):
    code = "wording_vague"
    message = _("‘협업’, ‘파트너십’, ‘체험단’ 같은 말로는 알 수 없어요. 무엇을 받았는지 그대로 적어 주세요.")


class WordingConditional(WordingRefused):
    code = "wording_conditional"
    message = _("‘받을 수 있음’ 같은 말은 광고 표시로 인정되지 않아요. ‘받습니다’, ‘받았습니다’로 적어 주세요.")


class WordingUnnamed(WordingRefused):
    code = "wording_unnamed"
    message = _("무엇을 받았는지 보이지 않아요. 고른 항목(광고비, 수수료, 협찬 등)을 문구에 넣어 주세요.")


class WordingForeign(WordingRefused):
    code = "wording_foreign"
    message = _("방송과 같은 언어로, 한국어로 적어 주세요.")


class AdvertiserMissing(DureError):
    code = "advertiser_missing"
    message = _("누구에게서 받았는지 적어 주세요.")
    field = "advertiser"


class DisclosureStands(DureError):
    code = "disclosure_stands"
    message = _("방송을 시작한 뒤에는 광고 표시를 바꿀 수 없어요.")
    status = 409


class NotReady(DureError):
    code = "show_not_ready"
    message = _("아직 준비가 끝나지 않았어요: %(missing)s")
    status = 409


class HostNotCreator(DureError):
    code = "host_not_creator"
    message = _("진행자는 크리에이터여야 해요.")
    field = "host"


class TimePast(DureError):
    code = "time_past"
    message = _("이미 지난 시각이에요. 앞으로의 시각을 골라 주세요.")
    field = "planned_at"


class NotForSale(DureError):
    code = "not_for_sale"
    message = _("%(product)s은(는) 지금 판매 중이 아니에요. 판매 중인 상품을 골라 주세요.")
    field = "option"


class PriceNotLower(DureError):
    code = "live_price_not_lower"
    message = _("라이브 특가는 판매가(%(price)s)보다 낮아야 해요.")
    field = "live_price"


class ShowRunning(DureError):
    code = "show_running"
    message = _("방송이 시작된 뒤에는 바꿀 수 없어요.")
    status = 409


class NotOnAir(DureError):
    code = "not_on_air"
    message = _("방송 중일 때만 할 수 있어요.")
    status = 409


class AnotherIsPinned(DureError):
    code = "another_is_pinned"
    message = _("다른 분이 방금 상품을 고정했어요. 화면을 확인해 주세요.")
    status = 409


class ChatRefused(DureError):
    code = "chat_refused"
    message = _("보낼 수 없는 말이 있어요. 서로 존중하는 말로 바꿔 주세요.")
    field = "text"


class ChatContact(ChatRefused):
    code = "chat_contact"
    message = _("전화번호나 링크는 채팅에 남길 수 없어요.")


class ChatEmpty(ChatRefused):
    code = "chat_empty"
    message = _("보낼 말을 적어 주세요.")


class ChatLong(ChatRefused):
    code = "chat_long"
    message = _("200자까지 보낼 수 있어요.")


class ChatSlow(DureError):
    code = "chat_slow"
    message = _("%(seconds)d초 뒤에 다시 보낼 수 있어요.")
    status = 429
    field = "text"


class Muted(DureError):
    code = "chat_muted"
    message = _("이 방송에서는 채팅을 보낼 수 없어요.")
    status = 403


class NoRecording(DureError):
    code = "no_recording"
    message = _("녹화된 영상이 없어서 다시보기를 만들 수 없어요.")
    status = 409


WORDING = {
    "VAGUE": WordingVague,
    "CONDITIONAL": WordingConditional,
    "UNNAMED": WordingUnnamed,
    "FOREIGN": WordingForeign,
}
CHAT = {"EMPTY": ChatEmpty, "LONG": ChatLong, "CONTACT": ChatContact, "RUDE": ChatRefused}
