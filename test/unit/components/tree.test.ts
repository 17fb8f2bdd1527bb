import { afterEach, describe, expect, test } from '@jest/globals';
import { readComponents } from '../../../activities/scan/built-in/components.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

const { contextWith, removeContexts } = builtInContexts();
afterEach(removeContexts);

const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages });
const names = async (files: Record<string, string | Buffer>, exclude: string[] = []) => {
  const bill = await readComponents({ ...contextWith(files), config: { exclude } });
  return { names: bill.components.map(({ name }) => name), notices: bill.notices, bill };
};

describe('a manifest counts where nothing locks it', () => {
  const manifest = '{"dependencies": {"wished": "^1.0.0"}}';
  const locked = lock({ 'node_modules/locked': { version: '1.0.0' } });

  test('and not where a lockfile stands beside it or above', async () => {
    expect((await names({ 'package.json': manifest })).names).toEqual(['wished']);
    expect((await names({ 'package.json': manifest, 'package-lock.json': locked })).names).toEqual([
      'locked',
    ]);
    expect((await names({ 'packages/a/package.json': manifest, 'package-lock.json': locked })).names).toEqual(
      ['locked'],
    );
  });

  test('a lockfile beside or below, or of others, locks nothing here', async () => {
    const beside = { 'a/package.json': manifest, 'b/package-lock.json': locked, 'a/Cargo.lock': '' };
    expect((await names(beside)).names).toEqual(['wished', 'locked'].sort().reverse());
  });

  test('one that cannot be read locks nothing, and says so', async () => {
    const { names: found, notices } = await names({ 'package.json': manifest, 'package-lock.json': '{"a' });
    expect(found).toEqual(['wished']);
    expect(notices).toEqual([
      { code: 'lockfile_unreadable', message: 'not read: it is not JSON', path: 'package-lock.json' },
    ]);
  });

  test('what only its own tool understands is told of', async () => {
    const gradle = 'dependencies { implementation "a:b:1" }';
    expect((await names({ 'build.gradle': gradle })).notices).toMatchObject([
      { code: 'packages_not_locked' },
    ]);
    expect((await names({ 'build.gradle': gradle, 'gradle.lockfile': 'a:b:1=x' })).notices).toEqual([]);
  });
});

describe('packages that are checked in', () => {
  const installed = (name: string) => JSON.stringify({ name, version: '1.0.0', license: 'ISC' });

  test('are components, and tell the licence of what a lockfile names', async () => {
    const { bill } = await names({
      'package-lock.json': lock({ 'node_modules/a': { version: '1.0.0' } }),
      'node_modules/a/package.json': installed('a'),
      'node_modules/@s/b/package.json': installed('@s/b'),
      'node_modules/a/lib/package.json': '{"type": "module"}',
    });
    expect(bill.components.map(({ name, licenses, path }) => [name, licenses, path])).toEqual([
      ['a', ['ISC'], 'package-lock.json'],
      ['@s/b', ['ISC'], 'node_modules/@s/b/package.json'],
    ]);
  });

  test('their own lockfiles are counted and not read', async () => {
    const { names: found, notices } = await names({
      'node_modules/a/package.json': installed('a'),
      'node_modules/a/package-lock.json': lock({ 'node_modules/tool': { version: '1.0.0' } }),
    });
    expect(found).toEqual(['a']);
    expect(notices).toMatchObject([{ code: 'lockfile_of_package' }]);
  });
});

describe('files that a list of requirements includes', () => {
  test.each(['../outside.txt', '/etc/passwd', 'https://example.org/x.txt', 'C:\\x.txt', 'missing.txt'])(
    'are not looked for outside: %s',
    async (path) => {
      const { names: found, notices } = await names({ 'requirements.txt': `-r ${path}\na==1` });
      expect(found).toEqual(['a']);
      expect(notices).toMatchObject([{ code: 'include_not_read', path: 'requirements.txt' }]);
    },
  );

  test('are read once, however they name one another, and whatever they are called', async () => {
    const { bill } = await names({
      'requirements.txt': '-r deps/all.pip\na==1',
      'deps/all.pip': '-r ../requirements.txt\n-r ./../requirements.txt\nb==1',
    });
    expect(bill.components.map(({ name, path }) => `${name} ${path}`)).toEqual([
      'a requirements.txt',
      'b deps/all.pip',
    ]);
    expect(bill.notices).toEqual([]);
  });

  test('are not read when the manifest leaves them out', async () => {
    const files = { 'requirements.txt': '-r b.txt\na==1', 'b.txt': 'b==1' };
    expect((await names(files)).names).toEqual(['a', 'b']);
    expect((await names(files, ['b.txt'])).names).toEqual(['a']);
  });
});

test('a list that PowerShell wrote is read as what it is', async () => {
  const text = 'django==2.2.0\r\nflask==1.0\r\n';
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  expect((await names({ 'requirements.txt': wide })).names).toEqual(['django', 'flask']);
  expect((await names({ 'requirements.txt': `\ufeff${text}` })).names).toEqual(['django', 'flask']);
});

test('a lockfile of bytes is told of as skipped', async () => {
  const binary = Buffer.from(Array.from({ length: 4000 }, (_, at) => at % 32));
  expect((await names({ 'bun.lockb': binary })).notices).toMatchObject([
    { code: 'binary', path: 'bun.lockb' },
  ]);
});

test('the project is what stands at the root', async () => {
  const { bill } = await names({
    'a/package.json': '{"name": "inner", "version": "9"}',
    'package.json': '{"name": "outer", "version": "1.0.0"}',
    'yarn.lock': '# yarn lockfile v1\n',
  });
  expect(bill.project).toEqual({ name: 'outer', version: '1.0.0' });
});
