from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "list_price_is_the_lowest",
        _("목록의 값 = 파는 옵션 가운데 가장 낮은 값"),
        """
        SELECT p.id, p.list_price, o.lowest
          FROM catalog_product p
          JOIN (SELECT product_id, min(price) AS lowest FROM catalog_option WHERE active AND NOT addon GROUP BY 1) o
            ON o.product_id = p.id
         WHERE p.status = 'ON_SALE' AND p.list_price <> o.lowest
        """,
    ),
    Check(
        "options_have_a_value_on_each_axis",
        _("축이 있는 상품의 옵션은 축마다 값이 하나예요"),
        """
        SELECT o.id, o.values, p.axes
          FROM catalog_option o JOIN catalog_product p ON p.id = o.product_id
         WHERE (o.active OR o.paused) AND NOT o.addon AND jsonb_array_length(o.values) <> jsonb_array_length(p.axes)
        """,
    ),
    Check(
        "changes_wait_only_beside_approved_products",
        _("변경 심사는 승인된 상품에만 있어요"),
        """
        SELECT c.id, c.product_id, p.status
          FROM catalog_changerequest c JOIN catalog_product p ON p.id = c.product_id
         WHERE c.status = 'PENDING' AND p.status IN ('DRAFT', 'IN_REVIEW', 'REJECTED')
        """,
    ),
]
