-- The answers of writes that were sent with an Idempotency-Key, so that one sent again is answered and not done again. A row
-- is written in the transaction of the write. It tells nothing by itself: the address and the fingerprint are hashes under
-- the key of its holder, and the answer is sealed under it.
CREATE TABLE kept_answers (
  address bytea NOT NULL,
  fingerprint bytea NOT NULL,
  answer bytea NOT NULL,
  -- The record that the answer shows, if it shows one: when it is purged, so is the answer.
  record_id uuid,
  kept_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT kept_answers_pkey PRIMARY KEY (address)
);
CREATE INDEX kept_answers_record_id_idx ON kept_answers (record_id);
CREATE INDEX kept_answers_kept_at_idx ON kept_answers (kept_at);
