from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "stock_available",
        _("남은 재고 = 입고·조정·반품 − 팔린 것(결제를 기다리는 것까지)"),
        """
        SELECT s.option_id, s.available, coalesce(m.moved, 0) AS moved, coalesce(o.taken, 0) AS taken
          FROM stock_stockitem s
          LEFT JOIN (SELECT option_id, sum(quantity) AS moved FROM stock_stockmovement GROUP BY 1) m USING (option_id)
          LEFT JOIN (SELECT option_id, sum(quantity - canceled_quantity) AS taken FROM orders_productorder
                      WHERE status <> 'CANCELED_BY_NOPAYMENT' GROUP BY 1) o USING (option_id)
         WHERE s.available <> coalesce(m.moved, 0) - coalesce(o.taken, 0)
        """,
    ),
    Check(
        "stock_not_negative",
        _("재고는 0보다 작지 않아요"),
        "SELECT option_id, available FROM stock_stockitem WHERE available < 0",
    ),
    Check(
        "tally_is_what_is_held",
        _("한 사람이 산 수 = 그 사람이 가진 상품주문의 수량"),
        """
        SELECT t.product_id, t.holder, t.quantity, coalesce(o.held, 0) AS held FROM stock_purchasetally t
          LEFT JOIN (SELECT p.product_id, l.contract->>'counted' AS holder, sum(l.quantity - l.canceled_quantity) AS held
                       FROM orders_productorder l JOIN catalog_option p ON p.id = l.option_id
                      WHERE l.contract ? 'counted' AND l.status <> 'CANCELED_BY_NOPAYMENT' GROUP BY 1, 2) o
                 ON o.product_id = t.product_id AND o.holder = t.holder
         WHERE t.quantity <> coalesce(o.held, 0)
        """,
    ),
]
