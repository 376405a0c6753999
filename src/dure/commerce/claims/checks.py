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
                            coalesce(sum(quantity) FILTER (WHERE kind = 'RETURN'), 0) AS returned,
                            coalesce(sum(quantity) FILTER (WHERE replacement_id IS NOT NULL), 0) AS exchanged
                       FROM claims_claim WHERE status = 'DONE' OR replacement_id IS NOT NULL GROUP BY 1) c ON c.product_order_id = l.id
         WHERE l.canceled_quantity <> coalesce(c.canceled, 0) OR l.returned_quantity <> coalesce(c.returned, 0)
            OR l.exchanged_quantity <> coalesce(c.exchanged, 0)
            OR l.canceled_quantity + l.returned_quantity + l.exchanged_quantity > l.quantity
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
    Check(
        "open_claims_know_their_seller",
        _("클레임의 판매자 = 상품주문의 판매자"),
        """
        SELECT c.id, c.seller_id, l.seller_id AS line_seller FROM claims_claim c
          JOIN orders_productorder l ON l.id = c.product_order_id WHERE c.seller_id IS DISTINCT FROM l.seller_id
        """,
    ),
    Check(
        "an_exchange_moves_what_was_paid",
        _("교환으로 옮긴 돈 = 이어받은 상품주문의 결제 금액"),
        """
        SELECT c.id, c.moved_amount, r.goods_amount - r.discount_amount AS paid FROM claims_claim c
          JOIN orders_productorder r ON r.id = c.replacement_id
         WHERE c.moved_amount <> r.goods_amount - r.discount_amount OR c.quantity <> r.quantity
        """,
    ),
]
