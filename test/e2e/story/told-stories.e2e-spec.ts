import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';

/**
 * Stories as JSON: requests in, expected answers out. Their expected values were worked out by hand from the design, by
 * somebody who had not seen the code. `$name` is the id of the record that a step made; answers are compared in part.
 */
interface Story {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly days: readonly Day[];
}

interface Step {
  readonly as?: string;
  readonly post?: string;
  readonly patch?: string;
  readonly find?: string;
  readonly body?: unknown;
}

interface Day {
  readonly asOf: string;
  readonly status: object;
  /** What the needs are about, in any order. */
  readonly needsAbout?: readonly string[];
  readonly also?: readonly { readonly get: string; readonly body: object }[];
}

const FOLDER = new URL('../../fixtures/mergers/', import.meta.url);
const stories = readdirSync(FOLDER).map((file): [string, Story] => [
  file,
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Story,
]);

describe.each(stories)('the story of %s', (_, story) => {
  let accord: TestApp;
  const ids = new Map<string, string>();
  const filled = <Value>(value: Value): Value => {
    const text = JSON.stringify(value).replace(/\$([A-Za-z]\w*)/g, (whole, name: string) => {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`nothing is called ${whole}`);
      return id;
    });
    return JSON.parse(text) as Value;
  };

  beforeAll(async () => {
    accord = await startTestApp();
    for (const step of story.steps) {
      const { post, patch, find, body } = filled(step);
      if (patch !== undefined) {
        expect(await accord.patch(`/v1${patch}`, body)).toMatchObject({ status: 200 });
        continue;
      }
      const record =
        post === undefined
          ? (await accord.get(`/v1${find ?? ''}`)).body.data[0]
          : await accord.record(`/v1${post}`, body);
      if (step.as !== undefined) ids.set(step.as, record.id);
    }
  });
  afterAll(() => accord.stop());

  it.each(story.days)('as of $asOf', async (day) => {
    const { status, needsAbout, also = [] } = filled(day);
    const { body } = await accord.get(
      `/v1/mergers/${ids.get('merger') ?? ''}/status?asOf=${day.asOf}`,
    );
    expect(body).toMatchObject(status);
    if (needsAbout) {
      const about = body.needs.map(({ recordId }: { recordId: string }) => recordId);
      expect(about.toSorted()).toEqual(needsAbout.toSorted());
    }
    for (const each of also)
      expect((await accord.get(`/v1${each.get}`)).body).toMatchObject(each.body);
  });
});
