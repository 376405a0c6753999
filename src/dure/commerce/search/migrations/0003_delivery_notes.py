"""A delivery template that changes what a parcel costs: the documents of the products sent by it say so."""

from django.db import migrations

FUNCTIONS = """
    CREATE FUNCTION search_delivery_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY(
            SELECT id FROM catalog_product WHERE status = 'ON_SALE' AND (
                delivery_id = NEW.id OR (seller_id = NEW.seller_id AND delivery_id IS NULL))));
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_delivery_changed AFTER INSERT OR UPDATE ON pricing_deliverytemplate
        FOR EACH ROW EXECUTE FUNCTION search_delivery_changed();
"""
GONE = """
    DROP TRIGGER search_delivery_changed ON pricing_deliverytemplate; DROP FUNCTION search_delivery_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_notes"),
        ("pricing", "0003_delivery_terms"),
        ("catalog", "0006_delivery_terms"),
    ]

    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
