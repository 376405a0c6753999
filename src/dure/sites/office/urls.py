from django.urls import path

from dure.sites.office.views import approvals, commissions, dashboard, inquiries, money

app_name = "office"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("sellers/", approvals.seller_list, name="sellers"),
    path("sellers/<int:pk>/", approvals.seller, name="seller"),
    path("sellers/<int:pk>/hold/", approvals.hold_seller, name="hold_seller"),
    path("sellers/<int:pk>/decide/", approvals.decide_seller, name="decide_seller"),
    path("commissions/", commissions.commission_list, name="commissions"),
    path("commissions/new/", commissions.schedule, name="schedule_commission"),
    path("commissions/<int:pk>/withdraw/", commissions.withdraw, name="withdraw_commission"),
    path("questions/", inquiries.question_list, name="questions"),
    path("questions/<int:pk>/", inquiries.question, name="question"),
    path("reports/<int:pk>/decide/", inquiries.decide, name="decide_report"),
    path("inquiries/", inquiries.thread_list, name="inquiries"),
    path("inquiries/<int:pk>/", inquiries.thread, name="inquiry"),
    path("products/", approvals.product_list, name="products"),
    path("products/<int:pk>/", approvals.product, name="product"),
    path("products/<int:pk>/decide/", approvals.decide_product, name="decide_product"),
    path("orders/", money.order_list, name="orders"),
    path("orders/<str:number>/", money.order, name="order"),
    path("statements/", money.statement_list, name="statements"),
    path("statements/close/", money.close_day, name="close_day"),
    path("statements/<int:pk>/", money.statement, name="statement"),
    path("statements/<int:pk>/pay-again/", money.pay_again, name="pay_again"),
    path("refunds/", money.refund_list, name="refunds"),
    path("payouts/", money.payout_list, name="payouts"),
    path("payouts/pursue/", money.pursue, name="pursue"),
    path("ledger/", money.ledger_page, name="ledger"),
    path("ledger/fund/", money.fund, name="fund"),
    path("ledger/<int:pk>/", money.journal, name="journal"),
    path("verify/", money.verify, name="verify"),
    path("audit/", dashboard.audit, name="audit"),
    path("deliveries/", dashboard.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/retry/", dashboard.retry, name="retry"),
]
