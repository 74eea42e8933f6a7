import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.setup.js';
import type { Config } from '../platform/config/config.js';
import { isTaken, listenTrouble } from '../platform/config/start.errors.js';
import { serveMetrics } from '../platform/metrics/metrics.server.js';
import { Metrics } from '../platform/metrics/metrics.js';
import type { Stops } from './lifecycle.js';

/** Those who are on their way to an idle connection get their answer, which takes half a second of the stop. */
const STOP_LIMITS = { linger: 500, grace: 7_000 };

/** The application as the settings want it, not yet listening. */
export function openApp(databaseUrl: string, config: Config): Promise<NestFastifyApplication> {
  const { listenUrl, logLevel, limits, trustProxy, polling, webhooks } = config;
  return createApp({
    databaseUrl,
    listenUrl,
    logLevel,
    limits,
    trustProxy,
    polling,
    webhooks,
    stopLimits: STOP_LIMITS,
  });
}

/** Listens on Fastify itself, since Nest would print what fails besides throwing it. Returns the port. */
export async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<number> {
  const fastify = app.getHttpAdapter().getInstance();
  await fastify.listen({ host, port }).catch((error: unknown) => {
    throw listenTrouble({ host, port }, error);
  });
  const address = fastify.server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}

/**
 * Serves the metrics of the application where the settings say. A port that nobody has chosen may be taken, by another
 * service on this machine perhaps: then there are none.
 *
 * @param offset which of several instances this is, from 0 on: each has a port of its own
 * @returns their address; null when they are served nowhere
 */
export async function listenForMetrics(
  app: NestFastifyApplication,
  { host, metrics: settings }: Config,
  stops: Stops,
  offset = 0,
): Promise<string | null> {
  if (settings === null) return null;
  const port = settings.port === 0 ? 0 : settings.port + offset;
  const metrics = app.get(Metrics);
  try {
    const server = await serveMetrics(metrics, host, port);
    metrics.watchProcess();
    stops.push(() => server.stop());
    return `${urlOf(host, server.port)}/metrics`;
  } catch (error) {
    if (settings.isChosen || !isTaken(error))
      throw listenTrouble({ host, port, variable: 'METRICS_PORT' }, error);
    console.error(
      `No metrics: port ${String(port)} is taken. METRICS_PORT sets another one, or off.`,
    );
    return null;
  }
}

/** Where somebody on this machine reaches a service that listens at a host. */
export function urlOf(host: string, port: number): string {
  const name = { '::': '::1', '0.0.0.0': '127.0.0.1' }[host] ?? host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${String(port)}`;
}

/** Says that the service serves, and what to look at. */
export function greet(url: string, path: string, metrics: string | null): void {
  const lines = [`Accord serves at ${url}`, `  open  ${url}/docs`, `  curl  ${url}${path}`];
  console.log([...lines, ...(metrics === null ? [] : [`  metrics  ${metrics}`])].join('\n'));
}
