from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "order_adds_up",
        _("주문 금액 = 상품 + 배송비 − 할인"),
        """
        SELECT o.id, o.number, o.goods_total, l.goods, o.discount_total, l.discounts, o.shipping_total, s.shipping, o.pay_total
          FROM orders_order o
          LEFT JOIN (SELECT order_id, sum(goods_amount) AS goods, sum(discount_amount) AS discounts
                       FROM orders_productorder WHERE exchanged_from_id IS NULL GROUP BY 1) l ON l.order_id = o.id
          LEFT JOIN (SELECT order_id, sum(amount) AS shipping FROM orders_shippingcharge GROUP BY 1) s ON s.order_id = o.id
         WHERE o.goods_total <> coalesce(l.goods, 0) OR o.discount_total <> coalesce(l.discounts, 0)
            OR o.shipping_total <> coalesce(s.shipping, 0)
            OR o.pay_total <> o.goods_total + o.shipping_total - o.discount_total
        """,
    ),
    Check(
        "line_status_fits_order",
        _("결제된 주문의 상품만 결제 뒤의 상태에 있어요"),
        """
        SELECT l.id, l.status, o.paid_at, o.ended_at FROM orders_productorder l JOIN orders_order o ON o.id = l.order_id
         WHERE (l.status = 'PAYMENT_WAITING' AND (o.paid_at IS NOT NULL OR o.ended_at IS NOT NULL))
            OR (l.status = 'CANCELED_BY_NOPAYMENT' AND o.ended_at IS NULL)
            OR (l.status NOT IN ('PAYMENT_WAITING', 'CANCELED_BY_NOPAYMENT') AND o.paid_at IS NULL)
        """,
    ),
    Check(
        "sent_lines_are_sent",
        _("배송이 시작된 상품은 남은 수량이 모두 발송됐어요"),
        """
        SELECT id, status, quantity, canceled_quantity, sent_quantity FROM orders_productorder
         WHERE (status IN ('DELIVERING', 'DELIVERED', 'PURCHASE_CONFIRMED') AND sent_quantity <> quantity - canceled_quantity)
            OR (status = 'PAID' AND sent_quantity > 0 AND sent_quantity >= quantity - canceled_quantity)
            OR (status IN ('PAYMENT_WAITING', 'CANCELED', 'CANCELED_BY_NOPAYMENT') AND sent_quantity > 0)
        """,
    ),
    Check(
        "exchanged_lines_have_others",
        _("교환으로 빠진 수량 = 그 자리를 이어받은 상품의 수량"),
        """
        SELECT l.id, l.exchanged_quantity, coalesce(sum(r.quantity), 0) AS replaced FROM orders_productorder l
          LEFT JOIN orders_productorder r ON r.exchanged_from_id = l.id
         GROUP BY l.id HAVING l.exchanged_quantity <> coalesce(sum(r.quantity), 0)
        """,
    ),
]
