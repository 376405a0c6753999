"""The shop's pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return render(request, "shop/home.html")


products = product = seller = lives = cart = cart_put = cart_change = cart_remove = checkout = home
pay = pay_success = pay_fail = orders = order = confirm = review = claim = claim_detail = claim_withdraw = home
policy = demo_enter = home
