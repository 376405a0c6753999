from django.utils.translation import gettext_lazy as _

from dure.kit.checks import Check

CHECKS = [
    Check(
        "sheets_nothing_forgotten",
        _("끝까지 저장한 엑셀에는 손대지 않은 줄이 없어요"),
        """
        SELECT e.id, e.upload_id, e.state FROM sheets_entry e JOIN sheets_upload u ON u.id = e.upload_id
         WHERE u.status = 'DONE' AND NOT u.stopped AND e.state IN ('NEW', 'CHANGED') AND e.outcome = ''
        """,
    ),
    Check(
        "sheets_wrong_rows",
        _("고칠 줄의 수 = 고칠 곳이 있는 항목의 줄을 모두 더한 것"),
        """
        SELECT u.id, u.wrong_rows, sum(cardinality(e.rows)) AS counted
          FROM sheets_upload u JOIN sheets_entry e ON e.upload_id = u.id AND e.state = 'WRONG'
         WHERE u.status IN ('READY', 'DONE') GROUP BY u.id HAVING sum(cardinality(e.rows)) <> u.wrong_rows
        """,
    ),
    Check(
        "sheets_codes_stay_home",
        _("판매자 상품코드는 그 판매자의 상품에만 붙어요"),
        """
        SELECT c.product_id, c.seller_id, p.seller_id AS of_product
          FROM sheets_productcode c JOIN catalog_product p ON p.id = c.product_id WHERE p.seller_id <> c.seller_id
        """,
    ),
]
