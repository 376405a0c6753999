from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION kit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON kit_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION kit_append_only();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON kit_event
  FOR EACH STATEMENT EXECUTE FUNCTION kit_append_only();
"""

UNDO = """
DROP TRIGGER event_append_only ON kit_event;
DROP TRIGGER audit_append_only ON kit_auditentry;
DROP FUNCTION kit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_heartbeat")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
