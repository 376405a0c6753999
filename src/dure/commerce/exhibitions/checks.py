from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "exhibition_prices_were_agreed",
        _("기획전의 행사가마다 판매자의 동의가 있어요"),
        """
        SELECT p.id, p.option_id, p.price, e.id AS exhibition, a.status, a.agreed -> p.option_id::text AS agreed
          FROM promotions_eventprice p JOIN exhibitions_exhibition e ON e.offer_id = p.offer_id
          JOIN promotions_offer o ON o.id = p.offer_id
          LEFT JOIN exhibitions_application a ON a.exhibition_id = e.id AND a.seller_id = p.seller_id
         WHERE p.status = 'ACCEPTED'
           AND (a.id IS NULL OR a.terms_hash <> o.terms_hash OR a.status <> 'ACCEPTED'
                OR (a.agreed ->> p.option_id::text)::bigint IS DISTINCT FROM p.price)
        """,
    ),
]
