import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';

/** A vote as it is sent, to either side. */
export interface SentVote {
  readonly voteEventId: string;
  readonly personId: string;
  readonly factionId: string;
  readonly option: string;
  readonly channel: string;
}

// What sealing adds to an answer that is kept.
const SEAL_BYTES = 28;

/**
 * Stores a vote and the answer to it under an idempotency key, in a transaction that says who writes, as Accord's do; the triggers write
 * the revision. Nothing is checked but what the tables check themselves.
 */
export async function storeVote(
  pool: pg.Pool,
  keyId: string,
  { vote, idempotencyKey }: { readonly vote: SentVote; readonly idempotencyKey: string },
): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'sign',
      text: `SELECT set_config('accord.actor', $1, true), set_config('accord.key_id', $2, true),
        set_config('accord.reason', $3, true), set_config('accord.request_id', $4, true)`,
      values: ['the bare server', keyId, '', ''],
    });
    const stored = await client.query<{ id: string }>({
      name: 'vote',
      text: `INSERT INTO votes (vote_event_id, person_id, faction_id, option, channel)
        VALUES ($1, $2, $3, $4, $5) RETURNING votes.id::text AS id`,
      values: [vote.voteEventId, vote.personId, vote.factionId, vote.option, vote.channel],
    });
    const id = stored.rows[0]?.id;
    const answer = JSON.stringify({ ...vote, id });
    const address = createHash('sha256').update(idempotencyKey).digest();
    await client.query({
      name: 'keep',
      text: `INSERT INTO kept_answers (address, fingerprint, answer, record_id) VALUES ($1, $2, $3, $4)`,
      values: [address, address, Buffer.concat([Buffer.from(answer), randomBytes(SEAL_BYTES)]), id],
    });
    await client.query('COMMIT');
    client.release();
    return answer;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
