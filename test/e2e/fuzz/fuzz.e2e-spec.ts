import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookSettings } from '../../../src/features/webhooks/webhooks.settings.js';
import { ADMIN_KEY, startTestApp, type TestApp } from '../../support/app.js';
import { openLedger, type Ledger } from '../../support/fuzz/ledger.db.js';
import { fuzz } from '../../support/fuzz/run.js';
import { specimens } from '../../support/specimens/all.js';

// A slice of `npm run test:fuzz`, which asks more than a hundred times as much.
const SEED = 20230112;
const COUNT = 800;

describe('nonsense, and sound requests among it', () => {
  let accord: TestApp;
  let ledger: Ledger;
  beforeAll(async () => {
    accord = await startTestApp();
    // A webhook that comes of it leads nowhere.
    accord.app.get(WebhookSettings).resolve = () => Promise.resolve([]);
    for (const specimen of specimens) {
      const { path, full } = await specimen.prepare(accord);
      await accord.record(path, full);
    }
    ledger = await openLedger(accord.databaseUrl);
  });
  afterAll(async () => {
    await ledger.close();
    await accord.stop();
  });

  it('is answered with a problem or with success, and nothing that is refused is stored', async () => {
    const plan = { url: accord.baseUrl, adminKey: ADMIN_KEY, ledger, seed: SEED, count: COUNT };
    const { faults, summary, revisions } = await fuzz(plan);
    expect(faults).toEqual([]);
    // It has not gone by without reaching anything.
    for (const status of [200, 201, 204, 400, 401, 403, 404, 409, 410, 412, 413, 415, 422])
      expect(summary).toMatch(new RegExp(`\\b\\d+ of ${String(status)}\\b`));
    expect(revisions).toBeGreaterThan(20);
  });
});
