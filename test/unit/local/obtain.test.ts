import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Artifact, Recipe } from '../../../infra/local/obtain/artifact.ts';
import { isAtLeast } from '../../../infra/local/obtain/find-command.ts';
import { availability, obtain, Unobtainable } from '../../../infra/local/obtain/obtain.ts';

let folder: string;
const lines: string[] = [];
const task = { build: true, report: (line: string) => void lines.push(line) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-obtain-'));
  process.env.CERTUS_CACHE = join(folder, 'cache');
  lines.length = 0;
});

afterEach(() => {
  delete process.env.CERTUS_CACHE;
  delete process.env.CERTUS_WIDGET;
  rmSync(folder, { recursive: true });
});

function program(file: string, says = ''): string {
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return file;
}

const builds = (more: Partial<Recipe> = {}): Recipe => ({
  what: 'build widget',
  needs: 'a builder',
  seconds: 1,
  lacks: () => undefined,
  build: async (where) => void program(join(where, 'widget')),
  ...more,
});

const widget = (more: Partial<Artifact> = {}): Artifact => ({
  name: 'widget',
  version: '2.1.0',
  file: 'widget',
  variable: 'CERTUS_WIDGET',
  commands: [],
  recipes: [builds()],
  ...more,
});

const onPath = (minimum: string) => ({ command: 'widget', versionArgs: [], pattern: /v(\S+)/, minimum });

async function withPath<T>(path: string, act: () => Promise<T>): Promise<T> {
  const { PATH } = process.env;
  process.env.PATH = `${path}:${PATH}`;
  try {
    return await act();
  } finally {
    process.env.PATH = PATH;
  }
}

describe('obtaining an artifact', () => {
  test('takes the command on PATH when its version will do, and says why when not', async () => {
    const path = program(join(folder, 'widget'), 'widget v2.4.1');
    await withPath(folder, async () => {
      expect(await availability(widget({ commands: [onPath('2.1.0')] }))).toEqual({ state: 'present', path });
      const tooOld = await availability(widget({ commands: [onPath('2.5.0')], recipes: [] }));
      expect(tooOld).toMatchObject({
        state: 'unobtainable',
        reason: expect.stringContaining('is version 2.4.1'),
      });
    });
  });

  test('builds once and finds it in the cache afterwards', async () => {
    expect(await availability(widget())).toMatchObject({ state: 'buildable', seconds: 1 });
    const path = await obtain(widget(), task);
    expect(path).toBe(join(folder, 'cache', 'widget-2.1.0', 'widget'));
    const never = builds({ build: async () => Promise.reject(new Error('built again')) });
    expect(await obtain(widget({ recipes: [never] }), task)).toBe(path);
  });

  test('builds once for two that ask at the same time', async () => {
    let count = 0;
    const slow = builds({
      build: async (where) => {
        count += 1;
        await new Promise((resolve) => setImmediate(resolve));
        program(join(where, 'widget'));
      },
    });
    await Promise.all([1, 2].map(() => obtain(widget({ recipes: [slow] }), task)));
    expect(count).toBe(1);
    expect(lines).toContainEqual(expect.stringContaining('waiting for it'));
  });

  test('a build that fails leaves nothing that looks like the thing, and the next recipe is tried', async () => {
    const broken = builds({
      what: 'broken build',
      build: async (where) => {
        program(join(where, 'widget'));
        throw new Error('out of memory');
      },
    });
    await expect(obtain(widget({ recipes: [broken] }), task)).rejects.toThrow(/broken build: out of memory/);
    expect(readdirSync(join(folder, 'cache'))).not.toContain('widget-2.1.0');
    expect(readdirSync(join(folder, 'cache', '.building'))).toEqual([]);
    expect(await obtain(widget({ recipes: [broken, builds()] }), task)).toContain('widget-2.1.0');
  });

  test('a build that was killed is no obstacle', async () => {
    const half = join(folder, 'cache', '.building', 'widget-2.1.0.4711');
    mkdirSync(half, { recursive: true });
    program(join(half, 'widget'));
    expect(await availability(widget())).toMatchObject({ state: 'buildable' });
    await obtain(widget(), task);
    expect(readdirSync(join(folder, 'cache', '.building'))).toEqual([]);
  });

  test('a path that a person named is used, or is the error: no other is taken silently', async () => {
    process.env.CERTUS_WIDGET = program(join(folder, 'mine'));
    expect(await obtain(widget(), task)).toBe(join(folder, 'mine'));
    process.env.CERTUS_WIDGET = join(folder, 'gone');
    await expect(obtain(widget(), task)).rejects.toThrow(/CERTUS_WIDGET=.*gone is not the absolute path/);
  });

  test('what cannot be had says what was tried and the ways to get it', async () => {
    const recipes = [builds({ lacks: () => 'no builder is installed' })];
    const asked = obtain(widget({ commands: [onPath('2.1.0')], recipes }), task);
    await expect(asked).rejects.toThrow(Unobtainable);
    const { message } = (await asked.catch((error: unknown) => error)) as Error;
    expect(message.split('\n')).toEqual([
      'widget 2.1.0 cannot be had on this machine.',
      'Tried:',
      '  - widget is not on PATH',
      '  - it has not been built on this machine yet',
      '  - build widget: no builder is installed',
      'Ways to get it:',
      '  1. put widget 2.1.0 on PATH',
      '  2. set CERTUS_WIDGET to its absolute path',
      expect.stringMatching(/^ {2}3\. start again on a machine with a builder/),
    ]);
  });

  test('nothing is built for those who only ask', async () => {
    await expect(obtain(widget(), { ...task, build: false })).rejects.toThrow(/not here yet.*build widget/);
    expect(await availability(widget())).toMatchObject({ state: 'buildable' });
  });

  test('what lacks its runtime is of no use, built or not', async () => {
    await obtain(widget(), task);
    const lame = widget({ runtime: () => 'no JDK 21 or later is installed' });
    expect(await availability(lame)).toMatchObject({
      state: 'unobtainable',
      reason: expect.stringContaining('JDK'),
    });
  });
});

describe('versions', () => {
  test.each([
    ['1.5.1', '1.5.1', true],
    ['1.10.0', '1.9.9', true],
    ['1.5.0', '1.5.1', false],
    ['2.0.0', '1.5.1', false],
  ])('%s for %s: %s', (version, minimum, enough) => {
    expect(isAtLeast(version, minimum)).toBe(enough);
  });
});
