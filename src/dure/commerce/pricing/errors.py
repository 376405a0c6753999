"""What a price cannot do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class LivePriceElsewhere(DureError):
    code = "live_price_elsewhere"
    message = _("%(option)s은(는) 지금 다른 방송에서 특가로 팔고 있어요. 그 방송이 끝난 뒤에 열 수 있어요.")
    status = 409
