"""The movements of goods that were never offered may go with their draft (a sheet taken back); all others stay for good."""

from django.db import migrations

NARROWED = """
    CREATE OR REPLACE FUNCTION stock_movement_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (
            SELECT FROM catalog_option o JOIN catalog_product p ON p.id = o.product_id
             WHERE o.id = OLD.option_id AND p.status = 'DRAFT' AND p.submitted_at IS NULL
               AND NOT EXISTS (SELECT FROM orders_productorder l WHERE l.option_id = o.id)) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a stock movement is never changed; write another one' USING ERRCODE = 'restrict_violation';
    END $$;
"""
BEFORE = """
    CREATE OR REPLACE FUNCTION stock_movement_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a stock movement is never changed; write another one' USING ERRCODE = 'restrict_violation';
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_counts")]
    operations = [migrations.RunSQL(NARROWED, BEFORE)]
