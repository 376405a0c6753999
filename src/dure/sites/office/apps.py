from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

from dure.sites.office import names

ROOMS = {
    "kit": _("일한 기록과 소식"),
    "people": _("사람"),
    "sellers": _("판매자"),
    "catalog": _("상품"),
    "stock": _("재고"),
    "pricing": _("가격과 수수료"),
    "cart": _("장바구니"),
    "orders": _("주문"),
    "claims": _("클레임"),
    "shipping": _("배송"),
    "reviews": _("구매평"),
    "ledger": _("장부"),
    "payments": _("결제와 환불"),
    "settlement": _("정산"),
    "payouts": _("지급"),
    "partnership": _("발굴과 육성"),
    "live": _("라이브"),
}


class OfficeConfig(AppConfig):
    name = "dure.sites.office"

    def ready(self) -> None:
        """The names of the rooms, their tables and columns, as the admin shows them."""
        names.give()
        for label, name in ROOMS.items():
            apps.get_app_config(label).verbose_name = name  # type: ignore[assignment]
