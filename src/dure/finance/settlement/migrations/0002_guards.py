"""Statements are the sums of their lines, at every commit; lines and statements stay as they were made."""

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION settlement_check_sums(_statements bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT s.number INTO bad
    FROM settlement_statement s
    LEFT JOIN (SELECT statement_id, sum(goods) AS goods, sum(discount) AS discounts,
                      sum(shipping) AS shipping, sum(commission) AS commission, sum(vat) AS vat, sum(net) AS net,
                      min(seller_id) AS first_seller, max(seller_id) AS last_seller
                 FROM settlement_settlementline WHERE statement_id = ANY(_statements) GROUP BY statement_id) l
      ON l.statement_id = s.id
   WHERE s.id = ANY(_statements)
     AND (s.goods <> coalesce(l.goods, 0) OR s.discounts <> coalesce(l.discounts, 0)
          OR s.shipping <> coalesce(l.shipping, 0) OR s.commission <> coalesce(l.commission, 0)
          OR s.vat <> coalesce(l.vat, 0) OR s.total <> coalesce(l.net, 0)
          OR s.seller_id <> l.first_seller OR s.seller_id <> l.last_seller)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'statement % is not the sum of its lines', bad.number
      USING ERRCODE = '23514', CONSTRAINT = 'statement_is_its_lines';
  END IF;
END $$;

CREATE FUNCTION settlement_line_joins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint[];
BEGIN
  SELECT array_agg(DISTINCT statement_id) INTO touched FROM new_rows WHERE statement_id IS NOT NULL;
  IF touched IS NOT NULL THEN
    PERFORM settlement_check_sums(touched);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER settlement_line_joins AFTER UPDATE ON settlement_settlementline
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION settlement_line_joins();
CREATE TRIGGER settlement_line_arrives AFTER INSERT ON settlement_settlementline
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION settlement_line_joins();

CREATE FUNCTION settlement_statement_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM settlement_check_sums(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settlement_statement_made AFTER INSERT ON settlement_statement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_statement_made();

CREATE FUNCTION settlement_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never edited', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER settlement_frozen BEFORE DELETE OR TRUNCATE ON settlement_settlementline
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_frozen();
CREATE TRIGGER settlement_frozen BEFORE DELETE OR TRUNCATE ON settlement_statement
  FOR EACH STATEMENT EXECUTE FUNCTION settlement_frozen();
CREATE TRIGGER settlement_line_frozen BEFORE UPDATE ON settlement_settlementline FOR EACH ROW
  WHEN (OLD.statement_id IS NOT NULL OR to_jsonb(OLD) - 'statement_id' <> to_jsonb(NEW) - 'statement_id')
  EXECUTE FUNCTION settlement_frozen();
CREATE TRIGGER settlement_statement_frozen BEFORE UPDATE ON settlement_statement FOR EACH ROW
  WHEN (to_jsonb(OLD) - ARRAY['status', 'tries', 'completed_at']
     <> to_jsonb(NEW) - ARRAY['status', 'tries', 'completed_at'])
  EXECUTE FUNCTION settlement_frozen();
"""

AWAY = """
DROP FUNCTION settlement_frozen() CASCADE;
DROP FUNCTION settlement_statement_made() CASCADE;
DROP FUNCTION settlement_line_joins() CASCADE;
DROP FUNCTION settlement_check_sums(bigint[]) CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
