from django.urls import path

from dure.sites.desk.views import capture, leads, places, products, raising, screening

app_name = "desk"
urlpatterns = [
    path("", places.today, name="today"),
    path("markets/", places.markets, name="markets"),
    path("markets/<int:pk>/", places.market, name="market"),
    path("markets/<int:pk>/capture/", capture.capture, name="capture"),
    path("markets/<int:pk>/check/", capture.check, name="check"),
    path("leads/", leads.leads, name="leads"),
    path("leads/<int:pk>/", leads.lead, name="lead"),
    path("leads/<int:pk>/contact/", leads.contact, name="contact"),
    path("leads/<int:pk>/photos/", leads.photos, name="photos"),
    path("leads/<int:pk>/amend/", leads.amend, name="amend"),
    path("leads/<int:pk>/withdraw/", leads.withdraw, name="withdraw"),
    path("leads/<int:pk>/submit/", leads.submit, name="submit"),
    path("leads/<int:pk>/screen/", screening.screen, name="screen"),
    path("leads/<int:pk>/select/", screening.select, name="select"),
    path("leads/<int:pk>/turn-away/", screening.turn_away, name="turn_away"),
    path("leads/<int:pk>/assign/", screening.assign, name="assign"),
    path("leads/<int:pk>/invite/", raising.invite, name="invite"),
    path("board/", leads.board, name="board"),
    path("merchants/products/<int:pk>/", products.product, name="product"),
    path("merchants/products/<int:pk>/words/", products.words, name="words"),
    path("merchants/products/<int:pk>/notice/", products.notice, name="notice"),
    path("merchants/products/<int:pk>/photo/", products.photo, name="product_photo"),
    path("merchants/", raising.merchants, name="merchants"),
    path("duplicates/", leads.duplicates, name="duplicates"),
    path("duplicates/<int:pk>/", leads.decide_duplicate, name="decide_duplicate"),
]
