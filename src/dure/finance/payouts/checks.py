from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "transit_is_payouts",
        _("은행으로 가고 있는 돈 = 진행 중인 지급의 합"),
        """
        SELECT b.transit, p.under_way
          FROM (SELECT coalesce(sum(-b.amount), 0) AS transit FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id
                 WHERE a.pool = 'SEG' AND a.name = 'TRANSIT') b,
               (SELECT coalesce(sum(amount), 0) AS under_way FROM payouts_payout
                 WHERE status IN ('SCHEDULED', 'REQUESTED', 'IN_PROGRESS')) p
         WHERE b.transit <> p.under_way
        """,
    ),
]
