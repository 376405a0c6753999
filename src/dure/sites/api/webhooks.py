"""What the outside tells us unasked. Answered at once; what matters is looked up again or signed."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dure.commerce.shipping import actions as shipping
from dure.finance.payments import actions as payments
from dure.finance.payments import virtual
from dure.finance.payouts import actions as payouts
from dure.integrations.carrier import client as carrier
from dure.integrations.solapi.client import groups_of_webhook
from dure.integrations.toss import webhooks as toss
from dure.kit.http import OutsideError
from dure.messaging import sending

log = structlog.get_logger()

LONGEST = 256 * 1024  # bytes


@csrf_exempt
@require_POST
def from_toss(request: HttpRequest) -> HttpResponse:
    """A payment or payout changed: look it up. 503 makes Toss send it again later."""
    if len(request.body) > LONGEST:
        return JsonResponse({"error": {"code": "too_large", "message": ""}}, status=413)
    try:
        hint = toss.read(request.body, request.headers)
    except toss.BadWebhook as error:
        log.warning("webhook_refused", service="toss", why=str(error))
        return JsonResponse({"error": {"code": "bad_webhook", "message": str(error)}}, status=400)
    try:
        if hint.kind == "payment":
            virtual.on_hint(hint.ref, hint.secret) or payments.on_payment_hint(hint.ref)
        elif hint.kind == "payout":
            payouts.on_hint(hint.ref)
    except OutsideError:
        return JsonResponse({"error": {"code": "try_again", "message": ""}}, status=503)
    return JsonResponse({"ok": True})


@csrf_exempt
@require_POST
def from_carrier(request: HttpRequest) -> HttpResponse:
    """Scans of a parcel, signed by the tracking service."""
    if len(request.body) > LONGEST:
        return JsonResponse({"error": {"code": "too_large", "message": ""}}, status=413)
    try:
        track = carrier.read_webhook(request.body, request.headers)
    except carrier.BadWebhook as error:
        log.warning("webhook_refused", service="carrier", why=str(error))
        return JsonResponse({"error": {"code": "bad_webhook", "message": str(error)}}, status=400)
    shipping.record_tracking(track.carrier, track.waybill, track.scans)
    return JsonResponse({"ok": True})


@csrf_exempt
@require_POST
def from_solapi(request: HttpRequest) -> HttpResponse:
    """There is news of messages. Not signed, so only a hint where to look."""
    if len(request.body) > LONGEST:
        return JsonResponse({"error": {"code": "too_large", "message": ""}}, status=413)
    try:
        groups = groups_of_webhook(request.body)
    except ValueError as error:
        return JsonResponse({"error": {"code": "bad_webhook", "message": str(error)}}, status=400)
    sending.on_hint(groups)
    return JsonResponse({"ok": True})
