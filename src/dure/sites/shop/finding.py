"""What a list's query string asks, and the way back from an answer to a query string."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog.models import Category
from dure.commerce.search import queries
from dure.commerce.search.documents import PROVINCES
from dure.commerce.search.queries import SORTS, Wanted
from dure.kit.money import won

FLAGS = (
    ("in_stock", _("품절 빼고")),
    ("free", _("무료배송")),
    ("quick", _("빠른 발송")),
    ("discount", _("할인 중")),
    ("live", _("라이브 특가만")),
)
REGIONS = tuple(dict.fromkeys(PROVINCES.values()))


class ListForm(forms.Form):
    """Whatever does not fit is as if it had not been asked."""

    q = forms.CharField(required=False, max_length=100)
    category = forms.SlugField(required=False)
    sort = forms.ChoiceField(choices=[(key, label) for key, (label, _order) in SORTS.items()], required=False)
    in_stock = forms.BooleanField(required=False)
    free = forms.BooleanField(required=False)
    quick = forms.BooleanField(required=False)
    discount = forms.BooleanField(required=False)
    live = forms.BooleanField(required=False)
    stars = forms.TypedChoiceField(choices=[("4", ""), ("3", "")], coerce=int, empty_value=None, required=False)
    region = forms.ChoiceField(choices=[(r, r) for r in REGIONS], required=False)
    seller = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    least = forms.IntegerField(min_value=0, max_value=100_000_000, required=False)
    most = forms.IntegerField(min_value=0, max_value=100_000_000, required=False)
    page = forms.IntegerField(min_value=1, required=False)


def read(query: QueryDict, *, shelf: Category | None = None, seller: int | None = None) -> tuple[Wanted, int]:
    """(what is wanted, which page)."""
    form = ListForm(query)
    form.is_valid()
    asked = form.cleaned_data
    code = asked.get("category")
    wanted = Wanted(
        words=" ".join((asked.get("q") or "").split()),
        shelf=shelf or (shelf_by_code(code) if code else None),
        seller=seller or asked.get("seller"),
        sort=asked.get("sort") or "best",
        stars=asked.get("stars"),
        region=asked.get("region") or "",
        least=asked.get("least"),
        most=asked.get("most"),
        **{name: bool(asked.get(name)) for name, _label in FLAGS},
    )
    return wanted, asked.get("page") or 1


def shelf_by_code(code: str) -> Category | None:
    return next((shelf for shelf in every_shelf() if shelf.code == code), None)


def every_shelf() -> Iterator[Category]:
    """All shelves, each before those below it."""
    return _every(queries.tree())


def shelf_path(shelf: Category) -> list[Category]:
    """The shelf and those above it, the top one first."""
    by_id = {c.pk: c for c in every_shelf()}
    path = [shelf]
    while path[0].parent_id:
        path.insert(0, by_id[path[0].parent_id])
    return path


def _every(shelves: Iterable[Category]) -> Iterator[Category]:
    for shelf in shelves:
        yield shelf
        yield from _every(shelf.below)  # type: ignore[attr-defined]


def query_of(wanted: Wanted, page: int = 1, *, path: str = "") -> str:
    """The query string that asks for this, without what goes without saying; always in the same order."""
    own_shelf = path.startswith("/c/")
    own_seller = path.startswith("/s/")
    pairs: list[tuple[str, Any]] = [
        ("q", wanted.words),
        ("category", "" if own_shelf or not wanted.shelf else wanted.shelf.code),
        ("seller", None if own_seller else wanted.seller),
        *((name, int(getattr(wanted, name))) for name, _label in FLAGS),
        ("stars", wanted.stars),
        ("region", wanted.region),
        ("least", wanted.least),
        ("most", wanted.most),
        ("sort", "" if wanted.sort == "best" else wanted.sort),
        ("page", page if page > 1 else None),
    ]
    kept = [(name, value) for name, value in pairs if value not in (None, "", 0)]
    return f"?{urlencode(kept)}" if kept else ""


def address(wanted: Wanted, page: int = 1, *, seller_page: bool = False) -> str:
    """The one address of a list: a shelf's own page where there is one."""
    if seller_page and wanted.seller:
        path = reverse("shop:seller", args=[wanted.seller])
    elif wanted.shelf and not wanted.words:
        path = reverse("shop:shelf", args=[wanted.shelf.code])
    else:
        path = reverse("shop:products")
    return path + query_of(wanted, page, path=path)


def chosen(wanted: Wanted, seller_name: str = "", *, seller_page: bool = False) -> list[tuple[Any, str]]:
    """The filters in force: (what it says, the address without it)."""

    def without(**nothing: Any) -> str:
        return address(replace(wanted, **nothing), seller_page=seller_page)

    found: list[tuple[Any, str]] = [(label, without(**{name: False})) for name, label in FLAGS if getattr(wanted, name)]
    if wanted.stars:
        found.append((_("별점 %(n)s점 이상") % {"n": wanted.stars}, without(stars=None)))
    if wanted.region:
        found.append((wanted.region, without(region="")))
    if wanted.least is not None or wanted.most is not None:
        found.append((band_words(wanted.least, wanted.most), without(least=None, most=None)))
    if wanted.seller and not seller_page:
        found.append((seller_name or _("한 가게"), without(seller=None)))
    return found


def band_words(least: int | None, most: int | None) -> str:
    """`1만원~2만원`, `5,000원 미만`."""
    if not least:
        return str(_("%(most)s까지") % {"most": won(most or 0)})
    if most is None:
        return str(_("%(least)s부터") % {"least": won(least)})
    return f"{won(least)}~{won(most)}"
