from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "payment_is_order",
        _("결제 금액 = 주문 금액, 결제된 주문에는 결제가 있어요"),
        """
        SELECT o.id, o.number, o.pay_total, p.amount, p.status FROM orders_order o
          LEFT JOIN payments_payment p ON p.order_id = o.id
         WHERE (o.paid_at IS NOT NULL AND (p.id IS NULL OR p.amount <> o.pay_total
                OR p.status NOT IN ('DONE', 'PARTIAL_CANCELED', 'CANCELED')))
            OR (o.paid_at IS NULL AND o.ended_at IS NULL AND p.status IN ('DONE', 'PARTIAL_CANCELED', 'CANCELED'))
        """,
    ),
    Check(
        "refunds_within_payment",
        _("환불의 합 = 결제에 적힌 환불 ≤ 결제 금액"),
        """
        SELECT p.id, p.amount, p.refunded, coalesce(r.total, 0) AS refunds FROM payments_payment p
          LEFT JOIN (SELECT payment_id, sum(amount) AS total FROM payments_refund WHERE status <> 'FAILED' GROUP BY 1) r
                 ON r.payment_id = p.id
         WHERE p.refunded > p.amount OR p.refunded <> coalesce(r.total, 0)
        """,
    ),
    Check(
        "payment_is_posted",
        _("받은 결제는 모두 장부에 있어요"),
        """
        SELECT p.id, p.amount, e.held FROM payments_payment p
          LEFT JOIN ledger_journal j ON j.kind = 'PAID' AND j.ref = 'payment:' || p.id
          LEFT JOIN LATERAL (SELECT sum(amount) AS held FROM ledger_entry WHERE journal_id = j.id AND amount > 0) e ON true
         WHERE p.status IN ('DONE', 'PARTIAL_CANCELED', 'CANCELED') AND e.held IS DISTINCT FROM p.amount
        """,
    ),
    Check(
        "refund_is_its_claim",
        _("완료된 클레임마다 그 금액의 환불이 있어요"),
        """
        SELECT c.id AS claim_id, c.refund_amount, r.amount, r.status FROM claims_claim c
          LEFT JOIN payments_refund r ON r.claim = c.id
         WHERE c.status = 'DONE' AND c.refund_amount > 0 AND r.amount IS DISTINCT FROM c.refund_amount
           AND NOT EXISTS (SELECT 1 FROM kit_delivery WHERE done_at IS NULL AND subscriber LIKE 'dure.finance.payments.%')
        """,
    ),
    Check(
        "deposits_have_accounts",
        _("입금을 기다리는 결제에는 가상계좌가 있고, 그 주문은 아직 결제 전이에요"),
        """
        SELECT p.id, p.status, a.number, a.over_at, o.paid_at FROM payments_payment p
          JOIN orders_order o ON o.id = p.order_id
          LEFT JOIN payments_virtualaccount a ON a.payment_id = p.id
         WHERE p.status = 'WAITING_FOR_DEPOSIT' AND (a.id IS NULL OR a.over_at IS NOT NULL OR o.paid_at IS NOT NULL)
        """,
    ),
    Check(
        "receipts_are_what_was_kept",
        _("현금영수증은 결제 금액만큼 발급되고, 취소한 금액은 환불한 금액을 넘지 않아요"),
        """
        SELECT i.id, p.amount, i.amount AS issued, c.canceled, r.refunded FROM payments_receipt i
          JOIN payments_payment p ON p.id = i.payment_id
          LEFT JOIN (SELECT payment_id, sum(amount) AS canceled FROM payments_receipt WHERE kind = 'CANCEL' GROUP BY 1) c
                 ON c.payment_id = p.id
          LEFT JOIN (SELECT payment_id, sum(amount) AS refunded FROM payments_refund WHERE status = 'DONE' GROUP BY 1) r
                 ON r.payment_id = p.id
         WHERE i.kind = 'ISSUE' AND (i.amount <> p.amount OR coalesce(c.canceled, 0) > coalesce(r.refunded, 0))
        """,
    ),
]
