"""An offer's terms stay as they were agreed to; consents and points are history; the prices of today are the first."""

from datetime import date

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION promotions_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is fixed once agreed', TG_TABLE_NAME USING ERRCODE = '23514', CONSTRAINT = 'terms_are_fixed';
END $$;

CREATE TRIGGER offer_terms_fixed BEFORE UPDATE ON promotions_offer FOR EACH ROW
  WHEN (OLD.terms_hash <> '' AND to_jsonb(OLD) - ARRAY['status', 'issued'] <> to_jsonb(NEW) - ARRAY['status', 'issued'])
  EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER offer_not_deleted BEFORE DELETE ON promotions_offer FOR EACH ROW
  WHEN (OLD.terms_hash <> '') EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER consent_fixed BEFORE UPDATE ON promotions_offerconsent FOR EACH ROW
  WHEN (to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by_id'] <> to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by_id']
        OR OLD.withdrawn_at IS NOT NULL)
  EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER consent_not_deleted BEFORE DELETE ON promotions_offerconsent FOR EACH ROW EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER event_price_fixed BEFORE UPDATE ON promotions_eventprice FOR EACH ROW
  WHEN (OLD.status = 'ACCEPTED' AND NEW.status = 'ACCEPTED'
        AND (OLD.price, OLD.list_price, OLD.low) IS DISTINCT FROM (NEW.price, NEW.list_price, NEW.low))
  EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER points_fixed BEFORE UPDATE ON promotions_pointsentry FOR EACH ROW
  WHEN (to_jsonb(OLD) - 'left' <> to_jsonb(NEW) - 'left') EXECUTE FUNCTION promotions_fixed();
CREATE TRIGGER points_not_deleted BEFORE DELETE ON promotions_pointsentry FOR EACH ROW EXECUTE FUNCTION promotions_fixed();
"""

FIRST_PRICES = """
INSERT INTO promotions_pricerecord (option_id, price, since)
SELECT o.id, o.price, coalesce(p.on_sale_at, now()) FROM catalog_option o JOIN catalog_product p ON p.id = o.product_id
 WHERE o.active AND p.status = 'ON_SALE' ON CONFLICT DO NOTHING
"""

AWAY = """
DROP FUNCTION promotions_fixed() CASCADE;
"""


def first_policy(apps, schema_editor):
    apps.get_model("promotions", "PointsPolicy").objects.get_or_create(since=date(2020, 1, 1))


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]
    operations = [
        migrations.RunSQL(GUARDS, AWAY),
        migrations.RunSQL(FIRST_PRICES, migrations.RunSQL.noop),
        migrations.RunPython(first_policy, migrations.RunPython.noop),
    ]
