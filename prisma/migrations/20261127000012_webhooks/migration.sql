-- Webhooks: who is told of changes at an address of theirs, how far along the feed each is, and what is on its way to it. No
-- records: nobody states anything by them, so they have no revisions and are not in the feed.

CREATE TYPE webhook_audience AS ENUM ('public', 'all');
CREATE TYPE delivery_state AS ENUM ('pending', 'delivered', 'dead');

CREATE TABLE webhooks (
  id uuid NOT NULL DEFAULT uuid_v7(),
  url text NOT NULL,
  description text,
  audience webhook_audience NOT NULL,
  merger_ids uuid[] NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL,
  -- Up to here the feed is on its way: what stands there has its row in deliveries, or is not for this one.
  position bigint NOT NULL,
  secret bytea NOT NULL,
  previous_secret bytea,
  previous_until timestamptz(6),
  waits_until timestamptz(6),
  -- How many attempts failed since the last that did not.
  failures integer NOT NULL DEFAULT 0,
  gone_at timestamptz(6),
  created_by text NOT NULL,
  -- By whose key it leads where it leads, and tells what it tells.
  key_id uuid NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT webhooks_pkey PRIMARY KEY (id),
  CONSTRAINT webhooks_key_id_fkey FOREIGN KEY (key_id) REFERENCES keys (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

-- An entry of the feed on its way to a webhook, by its place, which the feed keeps whatever happens. It holds no word of the record: what is told is read when it is sent.
CREATE TABLE deliveries (
  id uuid NOT NULL DEFAULT uuid_v7(),
  webhook_id uuid NOT NULL,
  position bigint NOT NULL,
  state delivery_state NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  -- When it is to be sent; while it is being sent, when others may think that the sender is gone.
  due_at timestamptz(6) NOT NULL,
  -- Who is sending it: whoever has another lease by then has nothing to say of it.
  lease uuid,
  attempted_at timestamptz(6),
  status integer,
  failure text,
  ended_at timestamptz(6),
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT deliveries_pkey PRIMARY KEY (id),
  CONSTRAINT deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX deliveries_webhook_id_position_key ON deliveries (webhook_id, position);
CREATE INDEX deliveries_webhook_id_state_position_idx ON deliveries (webhook_id, state, position);
CREATE INDEX deliveries_due ON deliveries (webhook_id, due_at, position) WHERE state = 'pending';
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- Whoever has no key any more is told no more than readers are, by whatever way the key was revoked.
CREATE FUNCTION disable_webhooks_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE webhooks SET enabled = false, updated_at = clock_timestamp()
  WHERE webhooks.key_id = NEW.id AND webhooks.audience = 'all' AND webhooks.enabled;
  RETURN NULL;
END
$$;
CREATE TRIGGER disable_webhooks AFTER UPDATE ON keys FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION disable_webhooks_of_key();
