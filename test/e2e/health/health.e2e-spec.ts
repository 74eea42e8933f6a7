import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';

describe('health', () => {
  let accord: TestApp;
  beforeAll(async () => {
    accord = await startTestApp();
  });
  afterAll(() => accord.stop());

  it('lives, and is ready while its database answers', async () => {
    expect(await accord.get('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await accord.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
