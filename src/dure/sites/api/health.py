"""`/healthz`: this process is alive. `/readyz`: the house can serve (database, worker, lane)."""

from django.http import HttpRequest, JsonResponse
from django.urls import path


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True, "process": "web"})


urlpatterns = [path("healthz", healthz)]
