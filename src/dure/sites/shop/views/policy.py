"""The pages the law and good manners ask for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

PAGES = {"terms", "privacy", "returns", "about"}


def policy(request: HttpRequest, name: str) -> HttpResponse:
    if name not in PAGES:
        raise Http404
    return render(request, f"shop/policy/{name}.html")
