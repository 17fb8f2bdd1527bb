import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

type Dependencies = { isInstalled(checkout: string, lockfile: string): boolean };
const { isInstalled } = (await import('../../../infra/bootstrap/dependencies.mjs' as string)) as Dependencies;

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'certus-set-up-'));
  mkdirSync(join(checkout, 'node_modules'));
});

afterEach(() => rmSync(checkout, { recursive: true }));

const lock = (packages: object) => JSON.stringify({ packages: { '': {}, ...packages } });

function installed(packages: object): void {
  writeFileSync(join(checkout, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

describe('whether the dependencies are installed', () => {
  test('they are when npm noted down what the lock file names', () => {
    installed({ 'node_modules/zod': { integrity: 'sha512-a' } });
    expect(isInstalled(checkout, lock({ 'node_modules/zod': { integrity: 'sha512-a' } }))).toBe(true);
  });

  test('they are not when one is missing, is another one, or when nothing was noted down', () => {
    const wanted = lock({ 'node_modules/zod': { integrity: 'sha512-a' } });
    expect(isInstalled(checkout, wanted)).toBe(false);
    installed({});
    expect(isInstalled(checkout, wanted)).toBe(false);
    installed({ 'node_modules/zod': { integrity: 'sha512-b' } });
    expect(isInstalled(checkout, wanted)).toBe(false);
  });

  test("another platform's package may be missing, ours may not", () => {
    installed({});
    const forUs = { optional: true, os: [process.platform], cpu: [process.arch] };
    expect(isInstalled(checkout, lock({ 'node_modules/binary': { ...forUs, os: ['plan9'] } }))).toBe(true);
    expect(isInstalled(checkout, lock({ 'node_modules/binary': forUs }))).toBe(false);
  });
});
