"""What a shopper keeps: wishes (찜), what was looked at; and the language they read in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db import connection
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure.commerce.catalog.models import Product
from dure.commerce.search import actions, queries
from dure.commerce.search.models import Wish
from dure.kit.errors import DureError
from dure.sites.design import cards
from dure.sites.design.cards import Visitor
from dure.sites.design.templatetags.ui import icon
from dure.sites.design.toasts import toast
from dure.sites.public import public
from dure.sites.shop import recent as looked_at
from dure.sites.shop import seo
from dure.sites.shop.finding import shelf_by_code

PENDING = "wishes"  # in the session: what a visitor pressed the heart of before signing in
MOST_PENDING = 20
PER_PAGE = 24


@login_required
def wishes(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    page = Paginator(Wish.objects.filter(user=user).order_by("-at", "-id"), PER_PAGE).get_page(request.GET.get("page"))
    kept = list(page.object_list)
    shown = queries.cards_of([w.product_id for w in kept])
    was = {w.product_id: w.price for w in kept}
    context = {
        "products": shown,
        "fallen": [(c.name, was[c.pk], c.price) for c in shown if c.price < was[c.pk]],
        "gone": len(kept) - len(shown),
        "wished": frozenset(was),
        "pages": [(n, f"?page={n}", n == page.number) for n in page.paginator.page_range]
        if page.has_other_pages()
        else [],
    }
    return render(request, "shop/wishes.html", context)


def wish(request: HttpRequest, pk: int) -> HttpResponse:
    """The heart: POST turns it over. A visitor's GET is kept until they have signed in."""
    product = get_object_or_404(Product.objects.on_sale(), pk=pk)
    back = _back(request, f"/products/{pk}/")
    user: Any = request.user
    if not user.is_authenticated:
        pending = [i for i in request.session.get(PENDING, []) if i != pk]
        request.session[PENDING] = [*pending, pk][-MOST_PENDING:]
        return redirect_to_login(back)
    if request.method != "POST":
        return redirect(back)
    try:
        on = not actions.unwish(user, pk)
        if on:
            actions.wish(user, [pk])
    except DureError as error:
        toast(request, str(error))
        return redirect("shop:wishes")
    if request.headers.get("HX-Request"):
        wished = frozenset({pk} if on else ())
        return HttpResponse(cards.heart(pk, product.name, icon("heart"), wished, back, big="big" in request.GET))
    toast(request, _("찜했어요.") if on else _("찜에서 뺐어요."), undo=(request.get_full_path(), {}))
    return redirect(back)


@receiver(user_logged_in)
def keep_wishes(sender: Any, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    """What the visitor had pressed is wished for now; a list that is full stays as it is."""
    if request is None or not (pending := request.session.pop(PENDING, None)):
        return
    try:
        if actions.wish(user, pending):
            toast(request, _("찜했어요."))
    except DureError as error:
        toast(request, str(error))


def recent(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return looked_at.forget(request, redirect("shop:recent"))
    shown = queries.cards_of(looked_at.seen(request))
    if request.headers.get("HX-Request"):
        return render(request, "shop/_recent.html", {"products": shown[:4], "wished": hearts(request, shown)})
    return render(request, "shop/recent.html", {"products": shown, "wished": hearts(request, shown)})


@public(seconds=60)
def best(request: HttpRequest) -> HttpResponse:
    """What sold best, of everything or of one top shelf."""
    shelf = shelf_by_code(request.GET.get("category", ""))
    shown = queries.shelf_cards("sales", 48, shelf=shelf, sold=True)
    title = _("%(shelf)s 베스트") % {"shelf": shelf} if shelf else _("베스트")
    path = request.path + (f"?category={shelf.code}" if shelf else "")
    context = {
        "title": title,
        "shelf": shelf,
        "shelves": queries.tree(),
        "products": shown,
        "wished": hearts(request, shown),
        "seo": seo.Page(path, data=[seo.item_list(shown)] if shown else []),
    }
    return render(request, "shop/best.html", context)


def hearts(request: HttpRequest, products: Any) -> Any:
    """What the cards' hearts need: the wishes of a person, or that it is a visitor. What the page's head shows of the
    person's cart comes along."""
    if not request.user.is_authenticated:
        return Visitor()
    with connection.cursor() as cursor:
        cursor.execute(OWN, {"user": request.user.pk, "products": [product.pk for product in products]})
        wished, request.cart_count = cursor.fetchone()  # type: ignore[attr-defined]
    return frozenset(wished)


OWN = """
    SELECT ARRAY(SELECT product_id FROM search_wish WHERE user_id = %(user)s AND product_id = ANY(%(products)s::bigint[])),
           (SELECT coalesce(sum(l.quantity), 0) FROM cart_cartline l JOIN cart_cart c ON c.id = l.cart_id
             WHERE c.user_id = %(user)s)
"""


@require_GET
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Read on in another language: a link, so that pages for everybody need no form."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = redirect(_back(request, "/"))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 86_400, samesite="Lax")
    return response


def _back(request: HttpRequest, otherwise: str) -> str:
    onward = request.GET.get("next") or request.POST.get("next") or otherwise
    fits = url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure())
    return onward if fits and onward.startswith("/") else otherwise
