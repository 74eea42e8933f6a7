import type { Server } from './child.js';
import { CONNECTIONS, load, type Ask, type Round } from './load.js';
import { SIDES, type Scenario, type Side } from './scenarios.js';

/** How long it goes on. */
export interface Plan {
  readonly rounds: number;
  /** About how long one side is under load in a round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** The rounds of one scenario, those of both sides in pairs. */
export interface Measured {
  readonly name: string;
  readonly rounds: readonly Readonly<Record<Side, Round>>[];
  /** How many requests each side has answered in all, warm-up and first request included. */
  readonly answered: Readonly<Record<Side, number>>;
}

/**
 * Measures all scenarios in one run. The sides take turns within each round, and who begins changes from round to round, so
 * that what else the machine does befalls both.
 */
export async function measure(
  scenarios: readonly Scenario[],
  servers: Readonly<Record<Side, Server>>,
  plan: Plan,
): Promise<readonly Measured[]> {
  const all = scenarios.map((scenario) => ({
    scenario,
    rounds: [] as Record<Side, Round>[],
    lanes: {
      accord: new Lane(servers.accord, scenario.asks.accord),
      bare: new Lane(servers.bare, scenario.asks.bare),
    },
  }));
  for (const { scenario, lanes } of all) {
    await compareFirst(scenario, lanes);
    for (const side of SIDES) await lanes[side].warmUp(plan.warmUpSeconds);
  }
  for (let number = 1; number <= plan.rounds; number += 1) {
    for (const { lanes, rounds } of all) {
      if (number % 2 === 1) {
        const accord = await lanes.accord.run(plan.seconds);
        rounds.push({ accord, bare: await lanes.bare.run(plan.seconds) });
      } else {
        const bare = await lanes.bare.run(plan.seconds);
        rounds.push({ accord: await lanes.accord.run(plan.seconds), bare });
      }
    }
    console.log(`round ${String(number)} of ${String(plan.rounds)}`);
  }
  return all.map(({ scenario, rounds, lanes }) => ({
    name: scenario.name,
    rounds,
    answered: { accord: lanes.accord.answered, bare: lanes.bare.answered },
  }));
}

/** One side of one scenario: it knows how fast it was last, and so how many requests fill a time. */
class Lane {
  answered = 0;
  private rate = 0;

  constructor(
    private readonly server: Server,
    private readonly asks: readonly Ask[],
  ) {}

  /** Sends the first request alone; returns the body of its answer. */
  async first(): Promise<string> {
    const [ask] = this.asks;
    if (!ask) throw new Error('There is nothing to ask.');
    const { path, nextBody, ...init } = ask;
    const body = nextBody ? { body: nextBody() } : {};
    const response = await fetch(this.server.url + path, { ...init, ...body });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${String(response.status)}: ${text}`);
    this.answered += 1;
    return text;
  }

  async warmUp(seconds: number): Promise<void> {
    this.rate = (await this.send(10 * CONNECTIONS)).rate;
    await this.run(seconds);
  }

  async run(seconds: number): Promise<Round> {
    const round = await this.send(this.rate * seconds);
    this.rate = round.rate;
    return round;
  }

  private async send(requests: number): Promise<Round> {
    const round = await load(this.server, this.asks, requests);
    this.answered += round.requests;
    return round;
  }
}

async function compareFirst(
  scenario: Scenario,
  lanes: Readonly<Record<Side, Lane>>,
): Promise<void> {
  const [accord, bare] = [await lanes.accord.first(), await lanes.bare.first()];
  if (scenario.agree(accord, bare)) return;
  throw new Error(`${scenario.name}: the sides disagree.\nAccord: ${accord}\nbare: ${bare}`);
}
