from dure.commerce.shipping import tracking
from dure.kit.models import Event
from dure.kit.outbox import on


@on("shipping.handed_over", outside=True)
def ask_for_tracking(event: Event) -> None:
    tracking.register(event.payload["carrier"], event.payload["waybill"])
