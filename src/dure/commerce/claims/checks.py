from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "claims_within_line",
        _("완료된 클레임의 수량 = 상품주문에서 빠진 수량"),
        """
        SELECT l.id, l.quantity, l.canceled_quantity, l.returned_quantity, c.canceled, c.returned
          FROM orders_productorder l
          LEFT JOIN (SELECT product_order_id,
                            coalesce(sum(quantity) FILTER (WHERE kind = 'CANCEL'), 0) AS canceled,
                            coalesce(sum(quantity) FILTER (WHERE kind = 'RETURN'), 0) AS returned
                       FROM claims_claim WHERE status = 'DONE' GROUP BY 1) c ON c.product_order_id = l.id
         WHERE l.canceled_quantity <> coalesce(c.canceled, 0) OR l.returned_quantity <> coalesce(c.returned, 0)
            OR l.canceled_quantity + l.returned_quantity > l.quantity
        """,
    ),
    Check(
        "shipping_refunds",
        _("돌려준 배송비 = 클레임이 돌려준 배송비"),
        """
        SELECT s.id, s.amount, s.refunded, coalesce(c.back, 0) AS claimed
          FROM orders_shippingcharge s
          LEFT JOIN (SELECT t.id, sum(c.shipping_refund) AS back
                       FROM claims_claim c JOIN orders_productorder l ON l.id = c.product_order_id
                       JOIN orders_shippingcharge t ON t.order_id = l.order_id AND t.seller_id = l.seller_id
                            AND (t.id = l.charge_id OR l.charge_id IS NULL)
                      WHERE c.status = 'DONE' GROUP BY 1) c ON c.id = s.id
         WHERE s.refunded <> coalesce(c.back, 0)
        """,
    ),
]
