"""Lists: all products, a search, a shelf, a seller's shop; completion while typing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from dure.commerce.catalog.models import Category
from dure.commerce.search import actions, queries, spelling
from dure.commerce.search.queries import SORTS, Counts, Found, Wanted
from dure.commerce.sellers.models import Seller
from dure.kit.memo import memo
from dure.sites.design.cards import Visitor
from dure.sites.public import public
from dure.sites.shop import finding, seo

SHOWN = 60  # seconds a list is shown to strangers before it is drawn again


@public(seconds=SHOWN)
def products(request: HttpRequest) -> HttpResponse:
    """Everything, or what was searched for."""
    wanted, page = finding.read(request.GET)
    return _list(request, wanted, page)


@public(seconds=SHOWN)
def shelf(request: HttpRequest, code: str) -> HttpResponse:
    found = finding.shelf_by_code(code)
    if found is None:
        raise Http404
    wanted, page = finding.read(request.GET, shelf=found)
    return _list(request, wanted, page)


def _list(request: HttpRequest, wanted: Wanted, page: int) -> HttpResponse:
    found = queries.search(wanted, page)
    if wanted.words and page == 1 and not wanted.narrowed and not found.meant and (found.partly or not found.cards):
        actions.note_missed(wanted.words, partly=bool(found.cards))
    path = finding.shelf_path(wanted.shelf) if wanted.shelf else []
    title = wanted.words or (str(wanted.shelf) if wanted.shelf else _("모든 상품"))
    context = list_context(request, wanted, found) | {
        "title": title,
        "path": [(str(c), finding.address(Wanted(shelf=c))) for c in path],
        "better": queries.better_spelling(wanted, found) if page == 1 else "",
        "shelves": _shelves(wanted, found.counts),
    }
    if request.headers.get("HX-Request"):
        response = render(request, "shop/_found.html", context)
        response["HX-Push-Url"] = context["seo"].path
        return response
    return render(request, "shop/products.html", context)


@public(seconds=SHOWN)
def seller(request: HttpRequest, pk: int) -> HttpResponse:
    """A seller's shop: its own search and shelves."""
    seen = get_object_or_404(Seller.objects.open().select_related("shipping_policy"), pk=pk)
    wanted, page = finding.read(request.GET, seller=pk)
    found = queries.search(wanted, page)
    context = list_context(request, wanted, found, seller=seen) | {"title": seen.name, "seller": seen}
    if request.headers.get("HX-Request"):
        response = render(request, "shop/_found.html", context)
        response["HX-Push-Url"] = context["seo"].path
        return response
    whole = queries.count(Wanted(seller=pk), "")
    context["own_shelves"] = [
        (c, finding.address(replace(wanted, shelf=c), seller_page=True), whole.shelves[c.pk], c == wanted.shelf)
        for c in finding.every_shelf()
        if c.pk in whole.shelves and not c.below
    ]
    return render(request, "shop/seller.html", context)


def list_context(request: HttpRequest, wanted: Wanted, found: Found, *, seller: Seller | None = None) -> dict[str, Any]:
    """What `_found.html` needs of an answer."""
    here = seller is not None
    counts = found.counts
    names = {pk: name for pk, name, _n in counts.sellers}

    def to(**change: Any) -> str:
        return finding.address(replace(wanted, **change), seller_page=here)

    return {
        "wanted": wanted,
        "found": found,
        "products": found.cards,
        "total_shown": f"{found.total:,}",
        "sorts": [(key, label) for key, (label, _order) in SORTS.items()],
        "flags": [
            (name, label, getattr(wanted, name), counts.flags.get(name))
            for name, label in finding.FLAGS
            if getattr(wanted, name) or name == "live" or not counts.flags or counts.flags.get(name)
        ],
        "chosen": finding.chosen(wanted, names.get(wanted.seller or 0, ""), seller_page=here),
        "bands": [
            (finding.band_words(low, high), to(least=low or None, most=high and high - 1), n)
            for low, high, n in counts.bands
        ]
        if len(counts.bands) > 1
        else [],
        "stars": [(n, to(stars=n), counts.flags.get(f"stars{n}")) for n in (4, 3) if counts.flags.get(f"stars{n}")],
        "regions": counts.regions if len(counts.regions) > 1 or wanted.region else (),
        "sellers": [(name, to(seller=pk), n) for pk, name, n in counts.sellers[:8]] if len(names) > 1 else [],
        "pages": pages(found, lambda n: finding.address(wanted, n, seller_page=here)),
        "clear": finding.address(Wanted(wanted.words, wanted.shelf, wanted.seller if here else None), seller_page=here),
        "wished": queries.wished(request.user, [card.pk for card in found.cards])
        if request.user.is_authenticated
        else Visitor(),
        "seo": _seo(wanted, found, seller),
    }


def pages(found: Found, address: Any) -> list[tuple[int, str, bool]]:
    """(number, address, is this one) of the pages around the one shown, the first and the last; 0 for a gap."""
    last = found.pages
    if last == 1:
        return []
    shown = sorted({1, last, *range(max(1, found.page - 2), min(last, found.page + 2) + 1)})
    out: list[tuple[int, str, bool]] = []
    for n in shown:
        if out and n > out[-1][0] + 1:
            out.append((0, "", False))
        out.append((n, address(n), n == found.page))
    return out


def _shelves(wanted: Wanted, counts: Counts) -> list[tuple[Category, str, int | None, bool]]:
    """The shelves to go on to: those below this one (or beside it), with how much of the answer stands there."""
    if wanted.shelf:
        shelf = wanted.shelf
        path = finding.shelf_path(shelf)
        level = shelf.below or (path[-2].below if len(path) > 1 else queries.tree())  # type: ignore[attr-defined]
    else:
        level = queries.tree()
        while len(held := [c for c in level if c.pk in counts.shelves]) == 1 and held[0].below:  # type: ignore[attr-defined]
            level = held[0].below  # type: ignore[attr-defined]
    return [
        (c, finding.address(replace(wanted, shelf=c)), counts.shelves.get(c.pk), c == wanted.shelf)
        for c in level
        if not counts.shelves or c.pk in counts.shelves or c == wanted.shelf
    ]


def _seo(wanted: Wanted, found: Found, seller: Seller | None) -> seo.Page:
    own = not (wanted.words or wanted.narrowed or wanted.sort != "best" or (wanted.seller and not seller))
    trail = [(_("두레"), "/")]
    if seller:
        trail.append((seller.name, finding.address(Wanted(seller=seller.pk), seller_page=True)))
        description = seller.story[:160]
    elif wanted.shelf:
        trail += [(str(c), finding.address(Wanted(shelf=c))) for c in finding.shelf_path(wanted.shelf)]
        names = ", ".join(card.name for card in found.cards[:4])
        description = _("%(shelf)s: %(names)s") % {"shelf": wanted.shelf, "names": names}
    else:
        trail.append((_("모든 상품"), finding.address(Wanted())))
        description = ""
    return seo.Page(
        finding.address(wanted, found.page, seller_page=seller is not None),
        description=" ".join(description.split()),
        image=found.cards[0].photo if found.cards else "",
        hidden=not own,
        data=[seo.breadcrumbs(trail), seo.item_list(found.cards)] if own else [],
    )


@public(seconds=300)
def complete(request: HttpRequest) -> HttpResponse:
    """What the words begun may become: `{"terms": ["사과", "사과즙"]}`."""
    return JsonResponse({"terms": completed(request.GET.get("q", "")[:40])}, json_dumps_params={"ensure_ascii": False})


@memo(seconds=60, most=5000)
def completed(typed: str) -> list[str]:
    return spelling.complete(typed)
