from dure.commerce.claims import actions
from dure.commerce.claims.models import Claim
from dure.kit.models import Event
from dure.kit.outbox import on


@on("shipping.came_back")
def goods_are_back(event: Event) -> None:
    for claim in Claim.objects.filter(product_order_id__in=event.payload["lines"], status=Claim.Status.COLLECTING):
        actions.collected(claim, by=None)


@on("shipping.replacement_arrived")
def replacement_arrived(event: Event) -> None:
    for claim in Claim.objects.filter(product_order_id__in=event.payload["lines"], status=Claim.Status.REDELIVERING):
        actions.exchanged(claim, by=None)
