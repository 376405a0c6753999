"""An event with something to tell leaves a note, in its own transaction and whatever SQL wrote it."""

from django.db import migrations

TOPICS = """
    orders.paid orders.expired orders.address_changed orders.dispatched orders.delivered orders.delay_announced
    shipping.waybill_corrected payments.virtual_account_issued payments.refunded
    claims.opened claims.collecting claims.collected claims.redelivering claims.exchanged claims.held claims.rejected
    inquiries.asked inquiries.answered inquiries.written
    catalog.product_on_sale catalog.rejected catalog.change_rejected
    sellers.approved sellers.returned sellers.document_expiring sellers.document_expired
    pricing.commission_changing payouts.completed partnership.assigned
""".split()

FORWARD = """
    CREATE FUNCTION notices_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO notices_note (event) VALUES (NEW.id);
        RETURN NULL;
    END $$;
    CREATE TRIGGER notices_event AFTER INSERT ON kit_event
        FOR EACH ROW WHEN (NEW.topic = ANY ('{%s}')) EXECUTE FUNCTION notices_note();
""" % ",".join(TOPICS)

BACKWARD = "DROP TRIGGER notices_event ON kit_event; DROP FUNCTION notices_note();"


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("kit", "0004_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
