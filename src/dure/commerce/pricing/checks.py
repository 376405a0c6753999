from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "live_price_sold",
        _("라이브 특가로 팔린 수 = 그 값에 산 주문의 수"),
        """
        SELECT p.id, p.sold, coalesce(o.taken, 0) AS taken
          FROM pricing_liveprice p
          LEFT JOIN (SELECT live_price_id, sum(quantity - canceled_quantity) AS taken FROM orders_productorder
                      WHERE status <> 'CANCELED_BY_NOPAYMENT' AND live_price_id IS NOT NULL GROUP BY 1) o
                 ON o.live_price_id = p.id
         WHERE p.sold <> coalesce(o.taken, 0)
        """,
    ),
]
