from django.urls import URLPattern

app_name = "seller"
urlpatterns: list[URLPattern] = []
