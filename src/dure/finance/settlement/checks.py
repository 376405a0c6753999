from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "statement_is_its_lines",
        _("정산서 = 정산서에 든 줄의 합"),
        """
        SELECT s.id, s.number, s.total, l.net, s.goods, l.goods AS line_goods FROM settlement_statement s
          LEFT JOIN (SELECT statement_id, sum(net) AS net, sum(goods) AS goods, sum(commission) AS commission, sum(vat) AS vat
                       FROM settlement_settlementline GROUP BY 1) l ON l.statement_id = s.id
         WHERE s.total <> coalesce(l.net, 0) OR s.goods <> coalesce(l.goods, 0)
            OR s.commission <> coalesce(l.commission, 0) OR s.vat <> coalesce(l.vat, 0)
        """,
    ),
    Check(
        "statement_is_its_payout",
        _("지급 = 정산서의 지급액"),
        """
        SELECT s.id, s.number, s.status, s.pay_amount, p.amount, p.status AS payout FROM settlement_statement s
          LEFT JOIN payouts_payout p
                 ON p.ref = 'statement:' || s.id || CASE WHEN s.tries > 1 THEN '/' || s.tries ELSE '' END
         WHERE s.pay_amount > 0 AND (p.id IS NULL OR p.amount <> s.pay_amount OR (s.status = 'PAID' AND p.status <> 'COMPLETED'))
        """,
    ),
    Check(
        "sellers_are_owed_their_lines",
        _("판매자에게 줄 돈 = 아직 정산서에 없거나 다시 지급할 줄의 합"),
        """
        SELECT coalesce(o.seller_id, b.seller_id) AS seller_id, o.lines, b.ledger FROM (
          SELECT seller_id, sum(net) AS lines FROM (
            SELECT seller_id, net FROM settlement_settlementline WHERE statement_id IS NULL AND kind <> 'AFTER_RETURN'
            UNION ALL SELECT seller_id, pay_amount FROM settlement_statement WHERE status = 'FAILED') due GROUP BY 1) o
          FULL JOIN (SELECT a.owner AS seller_id, -b.amount AS ledger FROM ledger_balance b
                       JOIN ledger_account a ON a.id = b.account_id WHERE a.pool = 'SEG' AND a.name = 'SELLER') b
                 ON b.seller_id = o.seller_id
         WHERE coalesce(o.lines, 0) <> coalesce(b.ledger, 0)
           AND NOT EXISTS (SELECT 1 FROM kit_delivery WHERE done_at IS NULL AND subscriber LIKE 'dure.finance.settlement.%')
        """,
    ),
    Check(
        "debts_are_returns",
        _("판매자가 갚을 돈 = 정산 후 반품의 합 − 상계한 돈"),
        """
        SELECT coalesce(d.seller_id, b.seller_id) AS seller_id, d.lines, b.ledger FROM (
          SELECT seller_id, sum(owed) AS lines FROM (
            SELECT seller_id, -net AS owed FROM settlement_settlementline WHERE kind = 'AFTER_RETURN'
            UNION ALL SELECT seller_id, -netted FROM settlement_statement) each GROUP BY 1) d
          FULL JOIN (SELECT a.owner AS seller_id, b.amount AS ledger FROM ledger_balance b
                       JOIN ledger_account a ON a.id = b.account_id WHERE a.pool = 'OPS' AND a.name = 'SELLER_DEBT') b
                 ON b.seller_id = d.seller_id
         WHERE coalesce(d.lines, 0) <> coalesce(b.ledger, 0)
           AND NOT EXISTS (SELECT 1 FROM kit_delivery WHERE done_at IS NULL AND subscriber LIKE 'dure.finance.%')
        """,
    ),
    Check(
        "commission_is_the_contract",
        _("수수료 = 판 때의 계약대로, 부가세는 그 10%"),
        """
        SELECT s.id, s.product_order_id, l.commission_bp, s.goods, s.discount, s.commission, s.vat
          FROM settlement_settlementline s JOIN orders_productorder l ON l.id = s.product_order_id
         WHERE s.kind = 'SALE'
           AND (s.commission <> (s.goods - s.discount) * l.commission_bp / 10000 OR s.vat <> s.commission / 10)
        """,
    ),
    Check(
        "held_is_unsettled",
        _("상품주문마다 보관한 돈 = 결제한 돈 − 돌려줄 돈, 구매확정 뒤에는 0"),
        """
        SELECT l.id AS product_order_id, l.status, coalesce(h.amount, 0) AS held,
               CASE WHEN s.id IS NULL THEN l.goods_amount - l.discount_amount - coalesce(c.back, 0) ELSE 0 END AS expected
          FROM orders_productorder l
          JOIN orders_order o ON o.id = l.order_id AND o.paid_at IS NOT NULL
          LEFT JOIN ledger_held h ON h.order_line = l.id
          LEFT JOIN settlement_settlementline s ON s.product_order_id = l.id AND s.kind = 'SALE'
          LEFT JOIN (SELECT c.product_order_id,
                            sum(c.moved_amount + CASE WHEN r.id IS NULL THEN c.goods_refund ELSE 0 END) AS back
                       FROM claims_claim c
                       LEFT JOIN payments_refund r ON r.claim = c.id AND r.status = 'FAILED'
                      WHERE c.status = 'DONE' OR c.replacement_id IS NOT NULL GROUP BY 1) c ON c.product_order_id = l.id
         WHERE coalesce(h.amount, 0)
               <> CASE WHEN s.id IS NULL THEN l.goods_amount - l.discount_amount - coalesce(c.back, 0) ELSE 0 END
           AND NOT EXISTS (SELECT 1 FROM kit_delivery WHERE done_at IS NULL AND subscriber LIKE 'dure.finance.%')
        """,
    ),
    Check(
        "agencies_owe_their_share",
        _("기관에서 받을 돈 = 구매확정된 상품의 기관 분담, 상품마다 판 때의 분담을 넘지 않아요"),
        """
        SELECT coalesce(d.product_order_id, e.order_line) AS product_order_id, coalesce(d.agency_id, e.agency) AS agency,
               d.won AS agreed, e.owed
          FROM (SELECT product_order_id, agency_id, sum(agency_share) AS won FROM orders_linediscount
                 WHERE agency_id IS NOT NULL GROUP BY 1, 2) d
          FULL JOIN (SELECT e.order_line, a.owner AS agency, sum(e.amount) AS owed FROM ledger_entry e
                       JOIN ledger_account a ON a.id = e.account_id AND a.pool = 'OPS' AND a.name = 'AGENCY_DUE'
                      WHERE e.order_line IS NOT NULL GROUP BY 1, 2) e
                 ON e.order_line = d.product_order_id AND e.agency = d.agency_id
          LEFT JOIN orders_productorder l ON l.id = coalesce(d.product_order_id, e.order_line)
          LEFT JOIN settlement_settlementline s ON s.product_order_id = l.id AND s.kind = 'SALE'
         WHERE l.exchanged_from_id IS NULL
           AND (coalesce(e.owed, 0) NOT BETWEEN 0 AND coalesce(d.won, 0)
                OR (s.id IS NOT NULL AND l.canceled_quantity + l.returned_quantity + l.exchanged_quantity = 0
                    AND coalesce(e.owed, 0) <> d.won))
        """,
    ),
]
