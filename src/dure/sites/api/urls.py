from django.urls import path

from dure.sites.api.v1 import api

urlpatterns = [path("v1/", api.urls)]
