"""What Django's models cannot say: room for in-place updates of hot rows, and movements that are never changed."""

from django.db import migrations

APPEND_ONLY = """
    CREATE FUNCTION stock_movement_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a stock movement is never changed; write another one' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE ON stock_stockmovement
        FOR EACH ROW EXECUTE FUNCTION stock_movement_is_history();
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE stock_stockitem SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE stock_stockitem RESET (fillfactor, autovacuum_vacuum_scale_factor)",
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER stock_movement_append_only ON stock_stockmovement; DROP FUNCTION stock_movement_is_history();",
        ),
    ]
