"""An instant discount that is agreed, stopped or moved: the documents of its products say so."""

from django.db import migrations

FUNCTIONS = """
    CREATE FUNCTION search_event_price_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY(SELECT product_id FROM catalog_option
                                   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.option_id ELSE NEW.option_id END));
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_event_price_changed AFTER INSERT OR UPDATE OR DELETE ON promotions_eventprice
        FOR EACH ROW EXECUTE FUNCTION search_event_price_changed();

    CREATE FUNCTION search_offer_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.status, NEW.starts_at, NEW.ends_at) IS DISTINCT FROM (OLD.status, OLD.starts_at, OLD.ends_at) THEN
            PERFORM search_note(ARRAY(SELECT DISTINCT o.product_id FROM promotions_eventprice e
                                        JOIN catalog_option o ON o.id = e.option_id WHERE e.offer_id = NEW.id));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_offer_changed AFTER UPDATE ON promotions_offer
        FOR EACH ROW EXECUTE FUNCTION search_offer_changed();
"""
GONE = """
    DROP TRIGGER search_offer_changed ON promotions_offer; DROP FUNCTION search_offer_changed();
    DROP TRIGGER search_event_price_changed ON promotions_eventprice; DROP FUNCTION search_event_price_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0004_first_synonyms"), ("promotions", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
