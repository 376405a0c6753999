from django.urls import path
from django.views.generic import RedirectView

from dure.sites.shop.views import cart, catalogue, claimed, finding, home, kept, orders, pay, policy, robots

app_name = "shop"
urlpatterns = [
    path("", home.home, name="home"),
    path("demo/enter/", home.demo_enter, name="demo_enter"),
    path("lives/", RedirectView.as_view(pattern_name="live:list"), name="lives"),
    path("products/", finding.products, name="products"),
    path("c/<slug:code>/", finding.shelf, name="shelf"),
    path("best/", kept.best, name="best"),
    path("search/complete/", finding.complete, name="complete"),
    path("wishes/", kept.wishes, name="wishes"),
    path("wishes/<int:pk>/", kept.wish, name="wish"),
    path("recent/", kept.recent, name="recent"),
    path("language/<slug:code>/", kept.language, name="language"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("sitemaps/<slug:kind>-<int:number>.xml.gz", robots.sitemap_file, name="sitemap_file"),
    path("products/<int:pk>/", catalogue.product, name="product"),
    path("s/<int:pk>/", finding.seller, name="seller"),
    path("policy/<slug:name>/", policy.policy, name="policy"),
    path("cart/", cart.cart, name="cart"),
    path("cart/put/", cart.cart_put, name="cart_put"),
    path("cart/change/", cart.cart_change, name="cart_change"),
    path("cart/remove/", cart.cart_remove, name="cart_remove"),
    path("checkout/", cart.checkout, name="checkout"),
    path("checkout/<str:number>/", claimed.claimed, name="claimed"),
    path("pay/<str:number>/", pay.pay, name="pay"),
    path("pay/<str:number>/success/", pay.pay_success, name="pay_success"),
    path("pay/<str:number>/fail/", pay.pay_fail, name="pay_fail"),
    path("pay/<str:number>/done/", pay.paid, name="paid"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/lines/<int:pk>/confirm/", orders.confirm, name="confirm"),
    path("orders/lines/<int:pk>/review/", orders.review, name="review"),
    path("orders/lines/<int:pk>/claim/", orders.claim, name="claim"),
    path("claims/<int:pk>/", orders.claim_detail, name="claim_detail"),
    path("claims/<int:pk>/withdraw/", orders.claim_withdraw, name="claim_withdraw"),
]
