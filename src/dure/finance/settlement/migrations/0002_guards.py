from django.db import migrations

STATEMENT_IS_ITS_LINES = """
CREATE FUNCTION settlement_statement_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  statement bigint := to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'settlement_statement' THEN 'id' ELSE 'statement_id' END;
  off record;
BEGIN
  IF statement IS NULL THEN RETURN NULL; END IF;
  SELECT s.total, coalesce(sum(l.net), 0) AS lines INTO off
    FROM settlement_statement s LEFT JOIN settlement_settlementline l ON l.statement_id = s.id
   WHERE s.id = statement GROUP BY s.id;
  IF off.total <> off.lines THEN
    RAISE EXCEPTION 'statement % is % won, its lines %', statement, off.total, off.lines
      USING ERRCODE = '23514', CONSTRAINT = 'statement_is_its_lines';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER statement_is_its_lines AFTER INSERT OR UPDATE OF total ON settlement_statement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_statement_check();
CREATE CONSTRAINT TRIGGER lines_are_their_statement AFTER INSERT OR UPDATE ON settlement_settlementline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_statement_check();

CREATE FUNCTION settlement_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.statement_id IS NOT NULL
     OR (NEW.net, NEW.goods, NEW.commission, NEW.vat, NEW.ref) IS DISTINCT FROM (OLD.net, OLD.goods, OLD.commission, OLD.vat, OLD.ref) THEN
    RAISE EXCEPTION 'a settlement line is never edited' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_line_stays BEFORE UPDATE OR DELETE ON settlement_settlementline
  FOR EACH ROW EXECUTE FUNCTION settlement_line_stays();
"""

UNDO = """
DROP TRIGGER settlement_line_stays ON settlement_settlementline;
DROP FUNCTION settlement_line_stays();
DROP TRIGGER lines_are_their_statement ON settlement_settlementline;
DROP TRIGGER statement_is_its_lines ON settlement_statement;
DROP FUNCTION settlement_statement_check();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]
    operations = [migrations.RunSQL(STATEMENT_IS_ITS_LINES, UNDO)]
