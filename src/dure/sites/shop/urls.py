from django.urls import path

from dure.sites.shop.views import catalogue, home, policy

app_name = "shop"
urlpatterns = [
    path("", home.home, name="home"),
    path("demo/enter/", home.demo_enter, name="demo_enter"),
    path("lives/", home.lives, name="lives"),
    path("products/", catalogue.products, name="products"),
    path("products/<int:pk>/", catalogue.product, name="product"),
    path("s/<int:pk>/", catalogue.seller, name="seller"),
    path("policy/<slug:name>/", policy.policy, name="policy"),
    path("cart/", home.home, name="cart"),
    path("cart/put/", home.home, name="cart_put"),
    path("orders/", home.home, name="orders"),
]
