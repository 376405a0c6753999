from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "search_document_of_every_product",
        _("파는 상품은 모두 찾을 수 있고, 팔지 않는 상품은 나오지 않아요"),
        """
        SELECT p.id AS product_id, p.status, d.product_id IS NOT NULL AS found
          FROM catalog_product p JOIN sellers_seller s ON s.id = p.seller_id
          LEFT JOIN search_document d ON d.product_id = p.id
         WHERE (d.product_id IS NOT NULL) <> (
                p.status = 'ON_SALE' AND s.status = 'APPROVED'
                AND EXISTS (SELECT 1 FROM catalog_option o WHERE o.product_id = p.id AND o.active AND NOT o.addon))
           AND p.sale_from IS NULL AND p.sale_until IS NULL
           AND NOT EXISTS (SELECT 1 FROM search_stale n WHERE n.product_id = p.id)
        """,
    ),
    Check(
        "search_document_tells_the_price",
        _("목록의 가격과 품절은 상품과 같아요"),
        """
        SELECT d.product_id, d.price, o.low, d.in_stock
          FROM search_document d CROSS JOIN LATERAL (
               SELECT min(o.price) AS low, bool_or(coalesce(s.available, 0) > 0) AS some
                 FROM catalog_option o LEFT JOIN stock_stockitem s ON s.option_id = o.id
                WHERE o.product_id = d.product_id AND o.active AND NOT o.addon) o
         WHERE ((d.before IS NULL AND o.low <> d.price) OR o.some IS DISTINCT FROM d.in_stock)
           AND NOT EXISTS (SELECT 1 FROM search_stale n WHERE n.product_id = d.product_id)
        """,
    ),
]
