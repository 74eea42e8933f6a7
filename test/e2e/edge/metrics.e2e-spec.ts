import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { serveMetrics, type MetricsServer } from '../../../src/platform/metrics/metrics.server.js';
import { Metrics } from '../../../src/platform/metrics/metrics.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { listenForMetrics } from '../../../src/start/instance.js';
import type { Stops } from '../../../src/start/lifecycle.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { buildFaction } from '../../support/factories.js';

let accord: TestApp;
let metrics: Metrics;
let server: MetricsServer;
beforeAll(async () => {
  const limits = { address: 100, key: 0 };
  accord = await startTestApp(undefined, { limits, trustProxy: ['loopback'] });
  metrics = accord.app.get(Metrics);
  server = await serveMetrics(metrics, '127.0.0.1', 0);
});
afterAll(async () => {
  await server.stop();
  await accord.stop();
});

const address = (path: string): string => `http://127.0.0.1:${String(server.port)}${path}`;

async function scrape(): Promise<string> {
  return (await fetch(address('/metrics'))).text();
}

/** The value of a line, by its name and its labels as they stand there; 0 without one. */
function valueIn(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length));
}

/** By how much a value grows while something is done. */
async function growth(name: string, work: () => Promise<unknown>): Promise<number> {
  const before = valueIn(await scrape(), name);
  await work();
  return valueIn(await scrape(), name) - before;
}

const answers = (method: string, route: string, status: number): string =>
  `accord_answers_total{method="${method}",route="${route}",status="${String(status)}"}`;

describe('the port of the metrics', () => {
  it('has them as Prometheus reads them, and nothing else', async () => {
    const answer = await fetch(address('/metrics?x=1'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toMatch(/^# HELP accord_answers_total /);
    const head = await fetch(address('/metrics'), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/', '/v1', '/livez', '/metrics/', '/metrics/x', '/%zz'])
      expect([path, (await fetch(address(path))).status]).toEqual([path, 404]);
    expect((await fetch(address('/metrics'), { method: 'POST', body: 'x' })).status).toBe(404);
    expect((await accord.get('/metrics')).status).toBe(404);
  });

  it('may be taken, which is told', async () => {
    await expect(serveMetrics(metrics, '127.0.0.1', server.port)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('is told by its variable when it was chosen; else the service goes on without', async () => {
    const stops: Stops = [];
    const at = (isChosen: boolean, port = server.port): Promise<string | null> => {
      const config = { ...readConfig({}), metrics: { port, isChosen } };
      return listenForMetrics(accord.app, config, stops);
    };
    const said = jest.spyOn(console, 'error').mockReturnValue(undefined);
    await expect(at(true)).rejects.toThrow(/^METRICS_PORT: \d+ is taken on 127\.0\.0\.1/);
    expect(said).not.toHaveBeenCalled();
    expect(await at(false)).toBeNull();
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/^No metrics: port \d+ is taken\..*$/)],
    ]);
    expect(
      await listenForMetrics(accord.app, { ...readConfig({}), metrics: null }, stops),
    ).toBeNull();
    expect(stops).toEqual([]);
    expect(await at(true, 0)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    for (const stop of stops) await stop();
    said.mockRestore();
  });

  it('is free again after its stop, also under a connection that stays open', async () => {
    const other = await serveMetrics(metrics, '127.0.0.1', 0);
    await (await fetch(`http://127.0.0.1:${String(other.port)}/metrics`)).text();
    await other.stop();
    const next = createServer().listen(other.port, '127.0.0.1');
    await once(next, 'listening');
    next.close();
  });
});

describe('the metrics', () => {
  it('count and measure answers by method, pattern and status, and know no address', async () => {
    const faction = await buildFaction(accord);
    const path = `/v1/factions/${faction.id}`;
    const route = '/v1/factions/:id';
    const took = 'accord_request_duration_seconds_count';
    const labels = `{method="GET",route="${route}",status="200"}`;
    expect(await growth(answers('GET', route, 200), () => accord.get(path))).toBe(1);
    expect(await growth(`${took}${labels}`, () => accord.get(`${path}?view=public`))).toBe(1);
    expect(
      await growth(answers('PATCH', route, 200), () => accord.patch(path, { name: 'PSP' })),
    ).toBe(1);
    expect(await growth(answers('HEAD', route, 200), () => accord.send('HEAD', path))).toBe(1);
    const text = await scrape();
    expect(text).not.toContain(faction.id);
    expect(text).not.toContain('view=public');
  });

  it('tell the share of 304 as a part of all', async () => {
    const again = (): Promise<unknown> => accord.get('/v1', { 'if-none-match': '*' });
    expect(await growth(answers('GET', '/v1', 304), again)).toBe(1);
  });

  it('have one name for all that is nowhere, and for methods that nobody knows', async () => {
    expect(await growth(answers('GET', 'none', 404), () => accord.get('/nothing'))).toBe(1);
    expect(await growth(answers('GET', 'none', 400), () => accord.get('/v1/%zz'))).toBe(1);
    const odd = (): Promise<unknown> => accord.send('PROPFIND', '/nothing');
    expect(await growth(answers('other', 'none', 404), odd)).toBe(1);
  });

  it('count who was refused for too many requests', async () => {
    const name = 'accord_limited_requests_total{policy="reader"}';
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    const flood = async (): Promise<void> => {
      for (let time = 0; time < 103; time += 1) await accord.get('/v1', headers);
    };
    expect(await growth(name, flood)).toBe(3);
    expect(valueIn(await scrape(), answers('GET', '/v1', 429))).toBe(3);
  });

  it('know the pool as it is at the moment', async () => {
    const text = await accord.database.prisma.$transaction(() => scrape());
    const [all, idle] = [
      valueIn(text, 'accord_pool_connections{pool="shared",state="all"}'),
      valueIn(text, 'accord_pool_connections{pool="shared",state="idle"}'),
    ];
    expect(all).toBeGreaterThan(0);
    expect(idle).toBe(all - 1);
    for (const pool of ['shared', 'facts'])
      expect(text).toContain(`\naccord_pool_waiting{pool="${pool}"} 0\n`);
  });

  it('take what is answered, seen and held elsewhere', async () => {
    const route = '/v1/mergers/:id/status';
    const tally = metrics.tallyOf({ method: 'GET', route, status: 200 });
    expect(metrics.tallyOf({ method: 'GET', route, status: 200 })).toBe(tally);
    const names = [
      answers('GET', route, 200),
      ...['hit', 'miss', 'stale'].map((each) => `accord_snapshot_reads_total{outcome="${each}"}`),
      'accord_head_notice_seconds_count',
    ];
    const before = await scrape();
    tally.add();
    metrics.snapshotHit();
    metrics.snapshotMiss();
    metrics.snapshotStale();
    metrics.noticedAfter(0.02);
    const after = await scrape();
    const grown = names.map((name) => [name, valueIn(after, name) - valueIn(before, name)]);
    expect(grown).toEqual(names.map((name) => [name, 1]));
    expect(valueIn(after, 'accord_head_age_seconds')).toBeLessThan(60);
    expect(after).toMatch(/^accord_stream_clients 0$/m);
  });

  it('count a stream that is over, and do not measure how long somebody listened', async () => {
    const ask = (): Promise<unknown> => accord.send('HEAD', '/v1/stream');
    expect(await growth(answers('HEAD', '/v1/stream', 200), ask)).toBe(1);
    expect(await scrape()).not.toMatch(/^accord_request_duration_seconds_count.*stream/m);
  });

  it('of one application are not those of another in the same process', async () => {
    const other = new Metrics();
    other.answered({ method: 'GET', route: '/elsewhere', status: 200 }, 0.1);
    other.watchProcess();
    const text = await other.text();
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    expect(text).toContain('/elsewhere');
    expect(await scrape()).not.toContain('/elsewhere');
  });
});
