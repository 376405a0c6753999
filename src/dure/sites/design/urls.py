from django.urls import path

from dure.sites.design import views

app_name = "design"
urlpatterns = [path("", views.gallery, name="gallery")]
