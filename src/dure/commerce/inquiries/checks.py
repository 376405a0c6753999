from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "threads_of_the_order",
        _("주문 문의의 판매자는 그 주문의 판매자"),
        """
        SELECT t.id, t.order_id, t.seller_id FROM inquiries_thread t
         WHERE NOT EXISTS (SELECT FROM orders_productorder l WHERE l.order_id = t.order_id AND l.seller_id = t.seller_id)
        """,
    ),
    Check(
        "threads_wait_as_they_say",
        _("답을 기다리는 주문 문의 = 마지막 말이 구매자의 것"),
        """
        SELECT t.id, m.side, t.waiting_since FROM inquiries_thread t
          JOIN LATERAL (SELECT side FROM inquiries_message WHERE thread_id = t.id ORDER BY id DESC LIMIT 1) m ON true
         WHERE (m.side = 'BUYER') <> (t.waiting_since IS NOT NULL)
        """,
    ),
]
