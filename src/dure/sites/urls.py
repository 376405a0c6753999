"""The addresses of the house. Each site has its own urls.py and namespace."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.static import serve

urlpatterns = [
    path("", include("dure.sites.shop.urls")),
    path("", include("dure.sites.api.health")),
    path("accounts/", include("allauth.urls")),
    path("seller/", include("dure.sites.seller.urls")),
    path("desk/", include("dure.sites.desk.urls")),
    path("live/", include("dure.sites.viewer.urls")),
    path("studio/", include("dure.sites.studio.urls")),
    path("office/admin/", admin.site.urls),
    path("office/", include("dure.sites.office.urls")),
    path("api/", include("dure.sites.api.urls")),
    path("developers/", include("dure.sites.api.developers")),
    path("external/", include("dure.sites.api.naver.urls")),
    path("design/", include("dure.sites.design.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    re_path(r"^uploads/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
]
