import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { composeSource, parseVariables } from './compose.ts';

const script = resolve('infra/container/new-env.sh');
const folder = () => mkdtempSync(join(tmpdir(), 'certus-env-'));
const run = (cwd: string) => spawnSync('sh', [script], { cwd, encoding: 'utf8' });
const variables = (cwd: string) => parseVariables(readFileSync(join(cwd, '.env'), 'utf8'));

test('gives every password that the set asks for, unguessable and fit for a URL', () => {
  const cwd = folder();
  expect(run(cwd).status).toBe(0);
  const asked = [...composeSource().matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
  expect(new Set(Object.keys(variables(cwd)))).toEqual(new Set(asked));
  for (const value of Object.values(variables(cwd))) expect(value).toMatch(/^[0-9a-f]{48}$/);
  expect(new Set(Object.values(variables(cwd))).size).toBe(new Set(asked).size);
});

test('only its owner can read the file, and nothing else is left', () => {
  const cwd = folder();
  run(cwd);
  expect(statSync(join(cwd, '.env')).mode & 0o777).toBe(0o600);
  expect(readdirSync(cwd)).toEqual(['.env']);
});

test('never replaces passwords that servers may have been started with', () => {
  const cwd = folder();
  run(cwd);
  const before = variables(cwd);
  const again = run(cwd);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('is kept');
  expect(variables(cwd)).toEqual(before);
  expect(readdirSync(cwd)).toEqual(['.env']);
});

test('two installations share no password', () => {
  const [a, b] = [folder(), folder()];
  run(a);
  run(b);
  const shared = Object.values(variables(a)).filter((value) => Object.values(variables(b)).includes(value));
  expect(shared).toEqual([]);
});
