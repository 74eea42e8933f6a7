import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the types of the client', () => {
  it('are what the OpenAPI document says', () => {
    const generator = join(ROOT, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
    const said = execFileSync(process.execPath, [generator, 'openapi.json'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
    const generated = readFileSync(join(ROOT, 'src', 'generated', 'client', 'openapi.ts'), 'utf8');
    expect(generated.trim() === said.trim()).toBe(true);
  }, 60_000);
});
