"""What the ledger refuses, in SQL: the guarantees stand whatever program writes.

A posting comes in as one INSERT of all its entries (COPY fires the same trigger). The trigger checks the whole set:
references, zero sum per pool and currency, legs complete, the mirror, subjects of held money, exact reversals; then
it moves balances (locked in account order first, so that two postings never wait for each other in a circle) and the
held money of each line, whose CHECK floors refuse the rest. Nothing is ever changed or deleted.
"""

from django.db import migrations

GUARDS = r"""
CREATE FUNCTION ledger_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT n.journal_id, n.account_id INTO bad
    FROM (SELECT DISTINCT journal_id, account_id, pool, currency FROM new_rows) n
    LEFT JOIN ledger_account a ON a.id = n.account_id AND a.pool = n.pool AND a.currency = n.currency
   WHERE a.id IS NULL
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % posts to account % that is not in that pool and currency', bad.journal_id, bad.account_id
      USING ERRCODE = '23514', CONSTRAINT = 'entry_account_exists';
  END IF;

  SELECT journal_id INTO bad FROM new_rows GROUP BY journal_id, pool, currency HAVING sum(amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not add up to zero in each pool and currency', bad.journal_id
      USING ERRCODE = '23514', CONSTRAINT = 'journal_zero_sum';
  END IF;

  -- All legs come in one statement, numbered 1..entry_count: with the primary key (journal, line) none can follow.
  SELECT n.journal_id INTO bad
    FROM (SELECT journal_id, count(*) AS legs, min(line) AS first_line, max(line) AS last_line
            FROM new_rows GROUP BY journal_id) n
    LEFT JOIN ledger_journal j ON j.id = n.journal_id
   WHERE j.id IS NULL OR n.legs <> j.entry_count OR n.first_line <> 1 OR n.last_line <> j.entry_count
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not there, or not complete in one statement', bad.journal_id
      USING ERRCODE = '23514', CONSTRAINT = 'journal_complete';
  END IF;

  SELECT n.journal_id INTO bad
    FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
   WHERE a.mirror
   GROUP BY n.journal_id, n.currency
  HAVING sum(n.amount) <> 0
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % moves the operator''s stake in one pool only', bad.journal_id
      USING ERRCODE = '23514', CONSTRAINT = 'journal_mirrored';
  END IF;

  SELECT n.journal_id INTO bad
    FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
   WHERE a.per_subject AND n.order_line IS NULL AND n.shipping_charge IS NULL
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % moves held money without saying what it is held for', bad.journal_id
      USING ERRCODE = '23514', CONSTRAINT = 'held_has_subject';
  END IF;

  SELECT u.reversal AS journal_id INTO bad
    FROM (SELECT j.id AS reversal, n.account_id, n.order_line, n.shipping_charge, n.amount
            FROM new_rows n JOIN ledger_journal j ON j.id = n.journal_id AND j.reverses_id IS NOT NULL
          UNION ALL
          SELECT j.id, e.account_id, e.order_line, e.shipping_charge, e.amount
            FROM (SELECT DISTINCT journal_id FROM new_rows) n
            JOIN ledger_journal j ON j.id = n.journal_id
            JOIN ledger_entry e ON e.journal_id = j.reverses_id) u
   GROUP BY u.reversal, u.account_id, u.order_line, u.shipping_charge
  HAVING sum(u.amount) <> 0
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not the exact reverse of what it reverses', bad.journal_id
      USING ERRCODE = '23514', CONSTRAINT = 'reversal_exact';
  END IF;

  PERFORM 1 FROM ledger_balance
    WHERE account_id IN (SELECT account_id FROM new_rows)
    ORDER BY account_id FOR UPDATE;
  UPDATE ledger_balance b SET amount = b.amount + d.moved
    FROM (SELECT account_id, sum(amount) AS moved FROM new_rows GROUP BY account_id) d
   WHERE b.account_id = d.account_id;

  -- Held money, per order line and per shipping charge. A row is made at 0 first: its CHECK looks at what stays.
  INSERT INTO ledger_held (order_line, amount)
    SELECT DISTINCT n.order_line, 0 FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
     WHERE a.per_subject AND n.order_line IS NOT NULL
    ON CONFLICT DO NOTHING;
  INSERT INTO ledger_held (shipping_charge, amount)
    SELECT DISTINCT n.shipping_charge, 0 FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
     WHERE a.per_subject AND n.shipping_charge IS NOT NULL
    ON CONFLICT DO NOTHING;
  UPDATE ledger_held h SET amount = h.amount - d.moved
    FROM (SELECT n.order_line, sum(n.amount) AS moved FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
           WHERE a.per_subject AND n.order_line IS NOT NULL GROUP BY n.order_line) d
   WHERE h.order_line = d.order_line;
  UPDATE ledger_held h SET amount = h.amount - d.moved
    FROM (SELECT n.shipping_charge, sum(n.amount) AS moved FROM new_rows n JOIN ledger_account a ON a.id = n.account_id
           WHERE a.per_subject AND n.shipping_charge IS NOT NULL GROUP BY n.shipping_charge) d
   WHERE h.shipping_charge = d.shipping_charge;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_check AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_check();

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger_held
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

CREATE FUNCTION ledger_moved_by_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION '% moves by entries only', TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_moved_by_entries BEFORE INSERT OR UPDATE ON ledger_balance
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_moved_by_entries();
CREATE TRIGGER ledger_moved_by_entries BEFORE INSERT OR UPDATE ON ledger_held
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_moved_by_entries();

-- An account cannot exist without its balance row, and so cannot escape its floor.
CREATE FUNCTION ledger_open_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_balance (account_id, amount, credit_normal, floor_zero)
  VALUES (NEW.id, 0, NEW.side IN ('LIABILITY', 'EQUITY', 'REVENUE'), NEW.floor_zero);
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_open_balance AFTER INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_open_balance();

-- The one way to post: legs are [{"account": id, "amount": won, "line": id or null, "shipping": id or null}, …].
-- The same key with the same body gives the first journal's id again; with another body it raises DL409.
CREATE FUNCTION ledger_post(
  _kind text, _ref text, _legs jsonb, _effective_on date, _posted_at timestamptz, _reverses bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  hash   bytea := sha256(convert_to(_legs::text || coalesce(_reverses::text, ''), 'UTF8'));
  posted bigint;
  before bytea;
BEGIN
  INSERT INTO ledger_journal (kind, ref, request_hash, entry_count, reverses_id, effective_on, posted_at)
  VALUES (_kind, _ref, hash, jsonb_array_length(_legs), _reverses, _effective_on, _posted_at)
  ON CONFLICT (kind, ref) DO NOTHING
  RETURNING id INTO posted;

  IF posted IS NULL THEN
    SELECT id, request_hash INTO posted, before FROM ledger_journal WHERE kind = _kind AND ref = _ref;
    IF before <> hash THEN
      RAISE EXCEPTION 'money event % % was posted with other amounts', _kind, _ref USING ERRCODE = 'DL409';
    END IF;
    RETURN posted;
  END IF;

  INSERT INTO ledger_entry (journal_id, line, account_id, pool, currency, amount, order_line, shipping_charge)
  SELECT posted, l.n, (l.leg->>'account')::bigint, coalesce(a.pool, '?'), coalesce(a.currency, '?'),
         (l.leg->>'amount')::bigint, (l.leg->>'line')::bigint, (l.leg->>'shipping')::bigint
    FROM jsonb_array_elements(_legs) WITH ORDINALITY AS l(leg, n)
    LEFT JOIN ledger_account a ON a.id = (l.leg->>'account')::bigint;
  RETURN posted;
END $$;
"""

AWAY = """
DROP FUNCTION ledger_post(text, text, jsonb, date, timestamptz, bigint);
DROP FUNCTION ledger_open_balance() CASCADE;
DROP FUNCTION ledger_moved_by_entries() CASCADE;
DROP FUNCTION ledger_append_only() CASCADE;
DROP FUNCTION ledger_entry_check() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, AWAY)]
