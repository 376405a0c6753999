from django.utils.translation import gettext_lazy as _

from dure.commerce.claims import actions
from dure.commerce.claims.models import Claim
from dure.commerce.claims.queries import open_claims_of
from dure.commerce.sellers.closing import Tie, keeps_open
from dure.commerce.sellers.models import Seller
from dure.kit.models import Event
from dure.kit.outbox import on

AS_TOLD = {  # what the carrier says of a parcel going back, in the words of a collection
    "PICKED_UP": Claim.CollectStatus.DELIVERING,
    "IN_TRANSIT": Claim.CollectStatus.DELIVERING,
    "OUT_FOR_DELIVERY": Claim.CollectStatus.DELIVERING,
    "FAILED": Claim.CollectStatus.COLLECT_FAILED,
}


@on("shipping.on_its_way_back")
def collection_moved(event: Event) -> None:
    if status := AS_TOLD.get(event.payload["kind"]):
        coming = Claim.objects.filter(collect_parcel=event.payload["parcel"], status=Claim.Status.COLLECTING)
        coming.update(collect_status=status)


@on("shipping.came_back")
def goods_are_back(event: Event) -> None:
    for claim in Claim.objects.filter(collect_parcel=event.payload["parcel"], status=Claim.Status.COLLECTING):
        actions.collected(claim, by=None)


@on("orders.delivered")
def replacement_arrived(event: Event) -> None:
    arrived = Claim.objects.filter(replacement=event.payload["product_order_id"], status=Claim.Status.REDELIVERING)
    for claim in arrived:
        actions.exchanged(claim, by=None)


@keeps_open
def open_claims(seller: Seller) -> Tie | None:
    return Tie(_("진행 중인 클레임"), open_claims_of(seller).count())
