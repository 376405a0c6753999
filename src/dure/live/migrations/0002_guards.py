"""What the database refuses: a show on air without the host's declaration, and a declaration changed afterwards."""

from django.db import migrations

ON_AIR_NEEDS_DISCLOSURE = """
CREATE FUNCTION live_on_air_needs_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('ON_AIR', 'PAUSED') AND NOT EXISTS (
        SELECT 1 FROM live_disclosure WHERE show_id = NEW.id AND host_id = NEW.host_id
    ) THEN
        RAISE EXCEPTION 'show % may not go on air: its host has not declared an economic interest', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'on_air_needs_disclosure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER on_air_needs_disclosure BEFORE INSERT OR UPDATE OF status, host_id ON live_show
    FOR EACH ROW EXECUTE FUNCTION live_on_air_needs_disclosure();
"""

# The show's row is locked first: of "go on air" and "take the declaration back" at the same moment, the second one
# sees what the first one did.
DISCLOSURE_STANDS = """
CREATE FUNCTION live_disclosure_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    aired boolean;
BEGIN
    SELECT on_air_at IS NOT NULL INTO aired FROM live_show WHERE id = OLD.show_id FOR UPDATE;
    IF aired THEN
        RAISE EXCEPTION 'the disclosure of show % stands: it has been on air', OLD.show_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_stands';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER disclosure_stands BEFORE UPDATE OR DELETE ON live_disclosure
    FOR EACH ROW EXECUTE FUNCTION live_disclosure_stands();
"""

EXPOSURE_IS_EVIDENCE = """
CREATE FUNCTION live_exposure_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'disclosure exposures are append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'exposure_is_evidence';
END $$;
CREATE TRIGGER exposure_is_evidence BEFORE UPDATE OR DELETE ON live_disclosureexposure
    FOR EACH ROW EXECUTE FUNCTION live_exposure_is_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial")]
    operations = [
        migrations.RunSQL(
            ON_AIR_NEEDS_DISCLOSURE,
            "DROP TRIGGER on_air_needs_disclosure ON live_show; DROP FUNCTION live_on_air_needs_disclosure()",
        ),
        migrations.RunSQL(
            DISCLOSURE_STANDS,
            "DROP TRIGGER disclosure_stands ON live_disclosure; DROP FUNCTION live_disclosure_stands()",
        ),
        migrations.RunSQL(
            EXPOSURE_IS_EVIDENCE,
            "DROP TRIGGER exposure_is_evidence ON live_disclosureexposure; DROP FUNCTION live_exposure_is_evidence()",
        ),
    ]
