"""Excel uploads of all sellers: what is under way, what failed. Their contents stay the sellers'."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dure.commerce.sheets.models import Upload
from dure.sites.office import lists
from dure.sites.office.access import nav, office


@office()
def upload_list(request: HttpRequest) -> HttpResponse:
    rows = Upload.objects.select_related("seller", "by")
    return lists.Uploads(request, rows).respond("office/list.html", nav=nav(request.user), title=_("엑셀 작업"))  # type: ignore[arg-type]
