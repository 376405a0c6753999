from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class PostingRefused(DureError):
    """The database refused a posting: unbalanced, below a floor, or more than is held."""

    code = "posting_refused"
    message = _("장부가 이 거래를 받아들이지 않았어요. (%(reason)s) 돈은 움직이지 않았어요. 정산 담당에게 알려 주세요.")
    status = 409


class EventReposted(DureError):
    code = "money_event_reposted"
    message = _("같은 거래가 다른 금액으로 다시 들어왔어요. 앞서 기록한 내용은 그대로예요.")
    status = 409
