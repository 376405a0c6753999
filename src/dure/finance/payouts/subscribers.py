from dure.finance.payouts import actions
from dure.finance.payouts.models import Payout, PayoutStatus
from dure.kit.models import Event
from dure.kit.outbox import on


@on("payouts.authorized", outside=True)
def ask_for_it(event: Event) -> None:
    payout = Payout.objects.select_related("seller", "account").get(pk=event.payload["payout_id"])
    if payout.status == PayoutStatus.SCHEDULED:
        actions.request(payout)
