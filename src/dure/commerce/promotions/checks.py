from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "budget_is_its_redemptions",
        _("행사 예산에서 쓴 돈 = 되돌리지 않은 할인의 합, 예산을 넘지 않아요"),
        """
        SELECT b.id, b.offer_id, b.bearer, b.spent, b.cap, coalesce(r.won, 0) AS redeemed FROM promotions_budget b
          LEFT JOIN LATERAL (
            SELECT sum(CASE b.bearer WHEN 'ALL' THEN r.amount WHEN 'PLATFORM' THEN r.platform
                                     WHEN 'AGENCY' THEN r.agency_share ELSE r.seller_share END) AS won
              FROM promotions_redemption r
             WHERE r.offer_id = b.offer_id AND r.given_back_at IS NULL
               AND (b.seller_id IS NULL OR r.seller_id = b.seller_id)) r ON true
         WHERE b.spent <> coalesce(r.won, 0) OR b.spent > b.cap
        """,
    ),
    Check(
        "coupons_are_counted",
        _("나눠 준 쿠폰 수 = 쿠폰함의 쿠폰 수, 선착순 수량을 넘지 않아요"),
        """
        SELECT o.id, o.name, o.issued, o.quantity, coalesce(c.n, 0) AS in_boxes FROM promotions_offer o
          LEFT JOIN (SELECT offer_id, count(*) AS n FROM promotions_coupon GROUP BY 1) c ON c.offer_id = o.id
         WHERE o.issued <> coalesce(c.n, 0) OR o.issued > o.quantity
        """,
    ),
    Check(
        "points_are_their_lots",
        _("포인트 잔액 = 들고 난 기록의 합 = 남은 적립의 합, 0 이상"),
        """
        SELECT a.user_id, a.balance, coalesce(e.moved, 0) AS moved, coalesce(e.left_over, 0) AS left_over
          FROM promotions_pointsaccount a
          LEFT JOIN (SELECT account_id, sum(amount) AS moved, sum("left") AS left_over
                       FROM promotions_pointsentry GROUP BY 1) e ON e.account_id = a.user_id
         WHERE a.balance <> coalesce(e.moved, 0) OR a.balance <> coalesce(e.left_over, 0) OR a.balance < 0
        """,
    ),
    Check(
        "shared_discounts_were_agreed",
        _("판매자가 분담한 할인마다 그때의 동의가 있어요"),
        """
        SELECT r.id, r.order, r.offer_id, r.seller_id, r.seller_share FROM promotions_redemption r
          JOIN promotions_offer o ON o.id = r.offer_id
         WHERE r.seller_share > 0 AND o.kind <> 'INSTANT'
           AND NOT EXISTS (SELECT FROM promotions_offerconsent c
                            WHERE c.offer_id = r.offer_id AND c.seller_id = r.seller_id AND c.terms_hash = o.terms_hash
                              AND c.at <= r.at)
        """,
    ),
]
