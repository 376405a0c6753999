from django.urls import path

from dure.sites.api import webhooks
from dure.sites.api.v1 import api

urlpatterns = [
    path("v1/", api.urls),
    path("webhooks/toss", webhooks.from_toss, name="webhook_toss"),
    path("webhooks/carrier", webhooks.from_carrier, name="webhook_carrier"),
    path("webhooks/solapi", webhooks.from_solapi, name="webhook_solapi"),
]
