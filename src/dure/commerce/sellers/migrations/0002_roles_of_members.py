"""Members get roles. Who was 직원 until now sent orders and kept the shelves; the owner says anew what each may do."""

from django.db import migrations, models

ROLES = [
    ("OWNER", "대표"),
    ("PRODUCT", "상품 담당"),
    ("ORDERS", "주문 담당"),
    ("FINANCE", "정산 담당"),
    ("READ_ONLY", "보기만"),
]

# Deferred, so that within one transaction the ownership may pass from one to the other. The shop's row is locked:
# of two owners who leave at once, the second waits, then sees that nobody would be left.
LAST_OWNER = """
CREATE FUNCTION sellers_a_shop_keeps_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM sellers_seller WHERE id = OLD.seller_id FOR UPDATE;
  IF FOUND AND OLD.role = 'OWNER'
     AND NOT EXISTS (SELECT FROM sellers_member WHERE seller_id = OLD.seller_id AND role = 'OWNER') THEN
    RAISE EXCEPTION 'a shop keeps an owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_shop_keeps_an_owner';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER a_shop_keeps_an_owner AFTER DELETE OR UPDATE OF role, seller_id ON sellers_member
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sellers_a_shop_keeps_an_owner();
"""
NO_LONGER = """
DROP TRIGGER a_shop_keeps_an_owner ON sellers_member;
DROP FUNCTION sellers_a_shop_keeps_an_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("sellers", "0001_initial")]

    operations = [
        migrations.AlterField("member", "role", models.CharField(choices=ROLES, max_length=9)),
        migrations.AlterField("invitation", "role", models.CharField(choices=ROLES, default="OWNER", max_length=9)),
        migrations.RunSQL(
            "UPDATE sellers_member SET role = 'ORDERS' WHERE role = 'STAFF';"
            " UPDATE sellers_invitation SET role = 'ORDERS' WHERE role = 'STAFF'",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "member",
            models.CheckConstraint(
                condition=models.Q(role__in=["OWNER", "PRODUCT", "ORDERS", "FINANCE", "READ_ONLY"]), name="known_role"
            ),
        ),
        migrations.RunSQL(LAST_OWNER, NO_LONGER),
    ]
