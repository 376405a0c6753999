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
    Check(
        "line_discount_is_its_parts",
        _("상품주문의 할인 = 행사마다 깎은 금액의 합, 판매자 분담도 그래요"),
        """
        SELECT l.id, l.discount_amount, coalesce(d.won, 0) AS parts, l.seller_discount, coalesce(d.sellers, 0) AS sellers
          FROM orders_productorder l
          LEFT JOIN (SELECT product_order_id, sum(amount) AS won, sum(seller_share) AS sellers
                       FROM orders_linediscount GROUP BY 1) d ON d.product_order_id = l.id
         WHERE l.exchanged_from_id IS NULL
           AND (l.discount_amount <> coalesce(d.won, 0) OR l.seller_discount <> coalesce(d.sellers, 0))
        """,
    ),
    Check(
        "redemptions_are_on_lines",
        _("행사가 깎은 금액 = 주문 상품에 적힌 할인, 판매자·기관 분담도 그래요"),
        """
        SELECT r.id, r.order, r.offer_id, r.seller_id, r.amount, d.won FROM promotions_redemption r
          LEFT JOIN (SELECT l.order_id, d.offer_id, l.seller_id, sum(d.amount) AS won, sum(d.seller_share) AS sellers,
                            sum(d.agency_share) AS agencies
                       FROM orders_linediscount d JOIN orders_productorder l ON l.id = d.product_order_id GROUP BY 1, 2, 3) d
                 ON d.order_id = r.order AND d.offer_id = r.offer_id AND d.seller_id = r.seller_id
         WHERE r.amount <> coalesce(d.won, 0) OR r.seller_share <> coalesce(d.sellers, 0)
            OR r.agency_share <> coalesce(d.agencies, 0)
        """,
    ),
]
