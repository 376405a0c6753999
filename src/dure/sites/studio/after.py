"""After the show: what it came to, the evidence of the disclosure, and the replay."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.kit.errors import DureError
from dure.live import actions, queries, recordings
from dure.sites.design.toasts import toast
from dure.sites.studio.access import page, show_or_404, studio


@studio
def report(request: HttpRequest, code: str, error: str = "", status: int = 200) -> HttpResponse:
    show = show_or_404(request, code)
    if not (show.is_over or show.is_running):
        return redirect("studio:show", code)
    found = queries.report(show)
    return page(
        request,
        "studio/report.html",
        status=status,
        show=show,
        report=found,
        watched=[(f"{timezone.localtime(minute):%H:%M}", viewers) for minute, viewers in found.audience],
        per_cue=[(cue.segment.beat[:12], cue.amount) for cue in found.cues],
        exposures=show.exposures.all(),
        wordings=queries.paid_wordings(show),
        recorded_seconds=recordings.duration_ms(show.code) // 1000,
        error=error,
    )


@require_POST
@studio
def publish(request: HttpRequest, code: str) -> HttpResponse:
    show = show_or_404(request, code)
    try:
        actions.publish_replay(show, by=request.user)  # type: ignore[arg-type]
    except DureError as failure:
        return report(request, code, error=str(failure), status=failure.status)
    toast(request, _("다시보기를 올렸어요."))
    return redirect("studio:report", code)
