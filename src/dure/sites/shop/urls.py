from django.urls import path

from dure.sites.shop import views

app_name = "shop"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.products, name="products"),
    path("products/<int:pk>/", views.product, name="product"),
    path("s/<int:pk>/", views.seller, name="seller"),
    path("lives/", views.lives, name="lives"),
    path("cart/", views.cart, name="cart"),
    path("cart/put/", views.cart_put, name="cart_put"),
    path("cart/change/", views.cart_change, name="cart_change"),
    path("cart/remove/", views.cart_remove, name="cart_remove"),
    path("checkout/", views.checkout, name="checkout"),
    path("pay/<str:number>/", views.pay, name="pay"),
    path("pay/<str:number>/success/", views.pay_success, name="pay_success"),
    path("pay/<str:number>/fail/", views.pay_fail, name="pay_fail"),
    path("orders/", views.orders, name="orders"),
    path("orders/<str:number>/", views.order, name="order"),
    path("orders/lines/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("orders/lines/<int:pk>/review/", views.review, name="review"),
    path("orders/lines/<int:pk>/claim/", views.claim, name="claim"),
    path("claims/<int:pk>/", views.claim_detail, name="claim_detail"),
    path("claims/<int:pk>/withdraw/", views.claim_withdraw, name="claim_withdraw"),
    path("policy/<slug:name>/", views.policy, name="policy"),
    path("demo/enter/", views.demo_enter, name="demo_enter"),
]
