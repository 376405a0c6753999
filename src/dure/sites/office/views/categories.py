"""The shelves of the shop: looked at as a tree, made, changed, closed."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from dure.commerce.catalog import actions
from dure.commerce.catalog.models import Category
from dure.kit.errors import DureError
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office.access import office, page
from dure.sites.office.forms import CategoryForm
from dure.sites.office.views.approvals import _tabs


@office(Role.OPERATOR)
def category_list(request: HttpRequest) -> HttpResponse:
    rows = list(Category.objects.annotate(n=Count("products")).order_by("position", "id"))
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    tree = [(top, [(shelf, below.get(shelf.pk, [])) for shelf in below.get(top.pk, [])]) for top in below.get(None, [])]
    return page(request, "office/categories.html", tree=tree, count=len(rows), tabs=_tabs(), here="categories")


@office(Role.OPERATOR)
def category(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One shelf; without a number, a new one (`?under=` names the shelf above it)."""
    found = get_object_or_404(Category, pk=pk) if pk else None
    above = request.GET.get("under", "")
    form = CategoryForm(
        request.POST or None,
        initial=CategoryForm.told(found) if found else {"parent": above if above.isdecimal() else None},
        made=found,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.save_category(found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except DureError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                toast(request, _("저장했어요. 이제 새로 고침해도 이 모습이 남아요."))
                return redirect("office:categories")
    return page(request, "office/category.html", status=status, form=form, shelf=found)
