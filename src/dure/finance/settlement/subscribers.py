from django.utils.translation import gettext_lazy as _

from dure.commerce.claims.models import Claim
from dure.commerce.orders.models import ProductOrder
from dure.commerce.sellers.closing import Tie, keeps_open
from dure.commerce.sellers.models import Seller
from dure.finance.ledger.queries import balance_of
from dure.finance.settlement import actions
from dure.finance.settlement.models import Hold, Statement
from dure.kit.models import Event
from dure.kit.outbox import on
from dure.people.models import User


@on("orders.purchase_confirmed")
def earn(event: Event) -> None:
    line = ProductOrder.objects.select_related("seller").get(pk=event.payload["product_order_id"])
    actions.earn_line(line)
    actions.earn_shipping(line.order_id, line.seller)


@on("claims.done")
def settle_the_claim(event: Event) -> None:
    claim = Claim.objects.select_related("product_order__seller").get(pk=event.payload["claim_id"])
    if claim.kind != Claim.Kind.EXCHANGE:  # its money moved when the new goods left
        actions.settle_claim(claim)
    actions.earn_shipping(claim.product_order.order_id, claim.product_order.seller)


@on("claims.exchange_moved")
def the_money_goes_with_the_goods(event: Event) -> None:
    actions.move_exchanged(Claim.objects.select_related("product_order__seller").get(pk=event.payload["claim_id"]))


@on("claims.withdrawn", "claims.rejected")
def the_rest_may_be_earned(event: Event) -> None:
    line = ProductOrder.objects.get(pk=event.payload["product_order_id"])
    actions.earn_shipping(line.order_id, Seller.objects.get(pk=line.seller_id))


@on("payments.refund_failed")
def the_debt_is_undone(event: Event) -> None:
    if event.payload["claim_id"]:
        actions.undo_debt(event.payload["claim_id"])


@on("payouts.completed")
def money_arrived(event: Event) -> None:
    if statement := _of(event):
        actions.mark_paid(statement)


@on("payouts.failed", "payouts.returned")
def money_came_back(event: Event) -> None:
    if statement := _of(event):
        actions.mark_failed(statement, why=event.payload.get("why", event.topic))


def _of(event: Event) -> Statement | None:
    kind, _, number = event.payload["ref"].partition(":")
    return Statement.objects.get(pk=int(number.split("/")[0])) if kind == "statement" else None


@on("sellers.suspended")
def the_money_waits_too(event: Event) -> None:
    """An operator who suspends a shop may hold its payouts with it."""
    if not event.payload.get("hold_payouts"):
        return
    seller = Seller.objects.get(pk=int(event.aggregate.split(":")[1]))
    if not Hold.objects.filter(seller=seller, released_at=None).exists():
        by = User.objects.get(pk=event.payload["by"])
        actions.hold(seller, reason=event.payload["why"][:200], by=by)


@keeps_open
def money_between_us(seller: Seller) -> Tie | None:
    """Statements not paid, money earned and not yet stated, a debt."""
    open_lines = seller.settlement_lines.filter(statement=None).count()
    unpaid = Statement.objects.filter(seller=seller, status__in=["MADE", "FAILED"]).count()
    debt = 1 if balance_of("OPS", "SELLER_DEBT", seller.pk) else 0
    return Tie(_("끝나지 않은 정산"), open_lines + unpaid + debt)
