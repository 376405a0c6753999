"""What must never be: a score for a decided lead, a changed selection, other criteria under given scores."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION partnership_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept as it was made', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER selection_frozen BEFORE UPDATE OR DELETE ON partnership_selection
    FOR EACH ROW EXECUTE FUNCTION partnership_frozen();

CREATE FUNCTION partnership_screening_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM partnership_lead WHERE id = NEW.lead_id AND status = 'SCREENING' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lead % is not being screened', NEW.lead_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER screening_open BEFORE INSERT OR UPDATE ON partnership_screening
    FOR EACH ROW EXECUTE FUNCTION partnership_screening_open();

CREATE FUNCTION partnership_rubric_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.criteria IS DISTINCT FROM OLD.criteria
       AND EXISTS (SELECT 1 FROM partnership_screening WHERE rubric_id = OLD.id) THEN
        RAISE EXCEPTION 'rubric % is in use: make a new version', OLD.version USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER rubric_in_use BEFORE UPDATE ON partnership_rubric
    FOR EACH ROW EXECUTE FUNCTION partnership_rubric_in_use();
"""

UNDO = """
DROP TRIGGER selection_frozen ON partnership_selection;
DROP TRIGGER screening_open ON partnership_screening;
DROP TRIGGER rubric_in_use ON partnership_rubric;
DROP FUNCTION partnership_frozen, partnership_screening_open, partnership_rubric_in_use;
"""


class Migration(migrations.Migration):
    dependencies = [("partnership", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
