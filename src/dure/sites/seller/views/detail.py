"""The detail page in blocks: an editor that works by keyboard, on a phone and without a script, a phone's view beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from dure.commerce.catalog import actions, blocks, queries
from dure.commerce.catalog.errors import BadBlock, ChangedMeanwhile
from dure.commerce.catalog.models import ChangeRequest, Product
from dure.commerce.sellers.models import Seller
from dure.kit.errors import DureError
from dure.sites.seller import block_table
from dure.sites.seller.access import can, centre, page
from dure.sites.seller.views.editor import one, saved, seen


@centre
def detail(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """A press on 저장 keeps the blocks; every other button only lays them out anew."""
    found = one(shop, pk)
    if request.method != "POST":
        pending = queries.pending_change(found)
        return _page(request, shop, found, block_table.of(queries.as_asked(found, pending).blocks), pending=pending)
    made, refused = block_table.typed(request.POST, request.FILES)
    do = request.POST.get("do", "save")
    if do != "save" or refused or not can(request)["products"]:
        made, at = block_table.arranged(made, do) if do != "save" else (made, min(refused, default=None))
        return _page(request, shop, found, made, 422 if refused else 200, refused=refused, at=at, unsaved=True)
    try:
        revision = actions.update_product(found, by=request.user, seen=seen(request), blocks=made)  # type: ignore[arg-type]
    except BadBlock as error:
        at = error.params["position"] - 1
        return _page(request, shop, found, made, 422, refused={at: error.params["why"]}, at=at, unsaved=True)
    except ChangedMeanwhile as error:
        return _page(request, shop, found, made, error.status, conflict=error, unsaved=True)
    except DureError as error:
        return _page(request, shop, found, made, error.status, refusal=str(error), unsaved=True)
    saved(request, found, "detail", revision)
    return redirect("seller:detail", pk)


@centre
@require_POST
def preview(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    """What a phone would show of what is typed; nothing is kept, pictures just chosen come with the next press."""
    found = one(shop, pk)
    made, _refused = block_table.typed(request.POST, type(request.FILES)())
    return render(request, "seller/_detail_preview.html", {"blocks": _readable(made), "product": found})


def _page(
    request: HttpRequest,
    shop: Seller,
    product: Product,
    made: list[block_table.Block],
    status: int = 200,
    *,
    refused: dict[int, str] | None = None,
    at: int | None = None,
    unsaved: bool = False,
    refusal: str = "",
    conflict: ChangedMeanwhile | None = None,
    pending: ChangeRequest | None = None,
) -> HttpResponse:
    if status != 200:  # what was refused has been tried on the object in hand
        product = one(shop, product.pk)
    rows = [(n, block_table.shown(block), (refused or {}).get(n, "")) for n, block in enumerate(made)]
    return page(
        request,
        shop,
        "seller/detail.html",
        status,
        product=product,
        rows=rows,
        kinds=[(kind, queries.KIND_WORDS[kind]) for kind in blocks.KINDS],
        tones=[(tone, queries.TONE_WORDS[tone]) for tone in blocks.TONES],
        blocks=_readable(made),
        findings=[f for f in queries.findings(_with(product, made)) if f.part == "story"],
        pending=pending or queries.pending_change(product),
        at=at,
        unsaved=unsaved,
        refusal=refusal,
        conflict=conflict,
        conflict_changes=[(r, queries.differences(r)) for r in conflict.params["revisions"]] if conflict else [],
        back=reverse("seller:product", args=[product.pk]),
    )


def _readable(made: list[block_table.Block]) -> list[block_table.Block]:
    """What of the blocks can be shown already."""
    found = []
    for block in made:
        try:
            found += blocks.clean([block])
        except BadBlock:
            continue
    return found


def _with(product: Product, made: list[block_table.Block]) -> Product:
    product.blocks = _readable(made)
    return product
