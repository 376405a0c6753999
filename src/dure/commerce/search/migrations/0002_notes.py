"""Triggers that note which products' documents must be written anew, whoever changed the rows and by whatever SQL.

They append to `search_stale` and lock nothing. The stock's fires only when an option runs out or comes back, so that a
sale of one piece among many costs the hot lane a comparison.
"""

from django.db import migrations

FUNCTIONS = """
    CREATE FUNCTION search_note(products bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO search_stale (product_id) SELECT unnest(products);
        PERFORM pg_notify('dure_outbox', '');
    END $$;

    CREATE FUNCTION search_product_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY[NEW.id]);
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_product_changed AFTER INSERT OR UPDATE ON catalog_product
        FOR EACH ROW EXECUTE FUNCTION search_product_changed();

    CREATE FUNCTION search_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.product_id ELSE NEW.product_id END]);
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_option_changed AFTER INSERT OR UPDATE OR DELETE ON catalog_option
        FOR EACH ROW EXECUTE FUNCTION search_part_changed();
    CREATE TRIGGER search_photo_changed AFTER INSERT OR UPDATE OR DELETE ON catalog_photo
        FOR EACH ROW EXECUTE FUNCTION search_part_changed();
    CREATE TRIGGER search_review_changed AFTER INSERT OR UPDATE OR DELETE ON reviews_review
        FOR EACH ROW EXECUTE FUNCTION search_part_changed();

    CREATE FUNCTION search_stock_crossed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY(SELECT product_id FROM catalog_option WHERE id = NEW.option_id));
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_stock_made AFTER INSERT ON stock_stockitem
        FOR EACH ROW WHEN (NEW.available > 0) EXECUTE FUNCTION search_stock_crossed();
    CREATE TRIGGER search_stock_crossed AFTER UPDATE ON stock_stockitem
        FOR EACH ROW WHEN ((OLD.available > 0) <> (NEW.available > 0)) EXECUTE FUNCTION search_stock_crossed();

    CREATE FUNCTION search_seller_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.name, NEW.status, NEW.business_address) IS DISTINCT FROM (OLD.name, OLD.status, OLD.business_address) THEN
            PERFORM search_note(ARRAY(SELECT id FROM catalog_product WHERE seller_id = NEW.id AND status = 'ON_SALE'));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_seller_changed AFTER UPDATE ON sellers_seller
        FOR EACH ROW EXECUTE FUNCTION search_seller_changed();

    CREATE FUNCTION search_policy_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM search_note(ARRAY(SELECT id FROM catalog_product WHERE seller_id = NEW.seller_id AND status = 'ON_SALE'));
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_policy_changed AFTER INSERT OR UPDATE ON sellers_shippingpolicy
        FOR EACH ROW EXECUTE FUNCTION search_policy_changed();

    CREATE FUNCTION search_shelf_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.name_ko, NEW.name_en, NEW.parent_id) IS DISTINCT FROM (OLD.name_ko, OLD.name_en, OLD.parent_id) THEN
            PERFORM search_note(ARRAY(SELECT product_id FROM search_document WHERE path @> ARRAY[NEW.id]));
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_shelf_changed AFTER UPDATE ON catalog_category
        FOR EACH ROW EXECUTE FUNCTION search_shelf_changed();

    INSERT INTO search_stale (product_id) SELECT id FROM catalog_product WHERE status = 'ON_SALE';
"""
GONE = """
    DROP TRIGGER search_product_changed ON catalog_product; DROP FUNCTION search_product_changed();
    DROP TRIGGER search_option_changed ON catalog_option; DROP TRIGGER search_photo_changed ON catalog_photo;
    DROP TRIGGER search_review_changed ON reviews_review; DROP FUNCTION search_part_changed();
    DROP TRIGGER search_stock_made ON stock_stockitem; DROP TRIGGER search_stock_crossed ON stock_stockitem;
    DROP FUNCTION search_stock_crossed();
    DROP TRIGGER search_seller_changed ON sellers_seller; DROP FUNCTION search_seller_changed();
    DROP TRIGGER search_policy_changed ON sellers_shippingpolicy; DROP FUNCTION search_policy_changed();
    DROP TRIGGER search_shelf_changed ON catalog_category; DROP FUNCTION search_shelf_changed();
    DROP FUNCTION search_note(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
        ("catalog", "0001_initial"),
        ("stock", "0001_initial"),
        ("reviews", "0001_initial"),
        ("sellers", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FUNCTIONS, GONE)]
