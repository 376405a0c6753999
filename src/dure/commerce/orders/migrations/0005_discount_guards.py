"""A line's discount is the sum of its parts, at every commit; the parts stay as they were; who has bought before is known."""

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION orders_discounts_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT l.id INTO bad FROM orders_productorder l
    JOIN (SELECT product_order_id, sum(amount) AS won, sum(seller_share) AS sellers FROM orders_linediscount
           WHERE product_order_id = NEW.product_order_id GROUP BY 1) d ON d.product_order_id = l.id
   WHERE l.discount_amount <> d.won OR l.seller_discount <> d.sellers;
  IF FOUND THEN
    RAISE EXCEPTION 'discounts of line % are not its parts', bad.id
      USING ERRCODE = '23514', CONSTRAINT = 'line_discount_is_its_parts';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER orders_discounts_add_up AFTER INSERT ON orders_linediscount
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_discounts_add_up();

CREATE FUNCTION orders_contract_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is part of the contract', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER line_discount_kept BEFORE UPDATE OR DELETE ON orders_linediscount
  FOR EACH ROW EXECUTE FUNCTION orders_contract_kept();

INSERT INTO promotions_pointsaccount (user_id, balance, first_paid_at)
SELECT buyer_id, 0, min(paid_at) FROM orders_order WHERE paid_at IS NOT NULL AND buyer_id IS NOT NULL GROUP BY buyer_id
ON CONFLICT (user_id) DO UPDATE SET first_paid_at = excluded.first_paid_at;
"""

AWAY = """
DROP FUNCTION orders_contract_kept() CASCADE;
DROP FUNCTION orders_discounts_add_up() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_line_discounts"), ("promotions", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
