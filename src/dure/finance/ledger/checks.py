from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "ledger_zero_sum",
        _("모든 기록은 자금과 통화별로 합이 0이에요"),
        """
        SELECT journal_id, pool, currency, sum(amount) AS off FROM ledger_entry
         GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
        """,
    ),
    Check(
        "ledger_balances",
        _("계정 잔액 = 기록의 합"),
        """
        SELECT b.account_id, b.amount AS balance, coalesce(e.total, 0) AS entries FROM ledger_balance b
          LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_entry GROUP BY 1) e USING (account_id)
         WHERE b.amount <> coalesce(e.total, 0)
        """,
    ),
    Check(
        "ledger_complete",
        _("기록마다 줄이 빠짐없이 있어요"),
        """
        SELECT j.id, j.entry_count, count(e.line) AS lines FROM ledger_journal j
          LEFT JOIN ledger_entry e ON e.journal_id = j.id
         GROUP BY j.id HAVING count(e.line) <> j.entry_count
        """,
    ),
    Check(
        "funds_cover_what_is_owed",
        _("따로 보관한 돈 ≥ 줘야 할 돈, 차이는 우리 몫과 같아요"),
        """
        SELECT * FROM (
          SELECT coalesce(sum(b.amount) FILTER (WHERE a.pool = 'SEG' AND a.side = 'ASSET'), 0) AS funds,
                 coalesce(-sum(b.amount) FILTER (WHERE a.pool = 'SEG' AND a.side = 'LIABILITY' AND a.name <> 'RESIDUAL'), 0) AS owed,
                 coalesce(-sum(b.amount) FILTER (WHERE a.pool = 'SEG' AND a.name = 'RESIDUAL'), 0) AS residual,
                 coalesce(sum(b.amount) FILTER (WHERE a.pool = 'OPS' AND a.name = 'DUE_FROM_SEG'), 0) AS due
            FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id) proof
         WHERE funds < owed OR funds - owed <> residual OR residual <> due
        """,
    ),
    Check(
        "held_is_split",
        _("보관 중인 돈 = 상품주문과 배송비별로 나눈 돈의 합, 모두 0 이상"),
        """
        SELECT coalesce(h.order_line, e.order_line) AS order_line, coalesce(h.shipping_charge, e.shipping_charge) AS shipping_charge,
               h.amount AS held, e.held AS entries
          FROM ledger_held h
          FULL JOIN (SELECT e.order_line, e.shipping_charge, -sum(e.amount) AS held FROM ledger_entry e
                       JOIN ledger_account a ON a.id = e.account_id AND a.pool = 'SEG' AND a.name = 'HELD' GROUP BY 1, 2) e
                 ON coalesce(h.order_line, 0) = coalesce(e.order_line, 0)
                AND coalesce(h.shipping_charge, 0) = coalesce(e.shipping_charge, 0)
         WHERE coalesce(h.amount, 0) <> coalesce(e.held, 0) OR h.amount < 0
        """,
    ),
]
