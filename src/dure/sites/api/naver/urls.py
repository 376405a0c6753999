"""Naver's addresses, under `/external/`."""

from django.urls import path

from dure.sites.api.naver import facade, orders

LINES = "v1/pay-order/seller/product-orders/"
urlpatterns = [
    path("v1/oauth2/token", facade.token),
    path("v1/pay-order/seller/orders/<str:number>/product-order-ids", orders.ids_of_order),
    path(LINES + "last-changed-statuses", orders.last_changed),
    path(LINES + "query", orders.query),
    path(LINES + "confirm", orders.confirm),
    path(LINES + "dispatch", orders.dispatch),
    path(LINES + "<int:line_id>/delay", orders.delay),
    path(LINES + "<int:line_id>/claim/cancel/approve", orders.approve_cancel),
    path(LINES + "<int:line_id>/claim/return/approve", orders.approve_return),
    path(LINES + "<int:line_id>/claim/return/reject", orders.reject_return),
    path(LINES + "<int:line_id>/claim/exchange/collect/approve", orders.approve_collected),
    path(LINES + "<int:line_id>/claim/exchange/dispatch", orders.redeliver),
    path(LINES + "<int:line_id>/claim/exchange/reject", orders.reject_exchange),
]
