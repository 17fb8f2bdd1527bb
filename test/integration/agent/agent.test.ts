import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';
import { commitAll, git, write } from '../../unit/scan/sources.ts';
import { type Authority, newAuthority } from './certificates.ts';
import { type Platform, startPlatform } from './platform.ts';
import { type Agent, newSite, type Site, until } from './site.ts';

let authority: Authority;
let platform: Platform;
let site: Site;
const agents: Agent[] = [];
beforeAll(async () => {
  authority = await newAuthority();
});
beforeEach(async () => {
  platform = await startPlatform(authority);
  site = await newSite(authority, platform.url);
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.end('SIGKILL');
  await platform.close();
  site.remove();
});
const start = async (): Promise<Agent> => {
  const agent = await site.start();
  agents.push(agent);
  return agent;
};
const there = (source = 'docs') => [...(platform.index.get(source)?.keys() ?? [])].sort();
const textOf = (key: string, source = 'docs') =>
  (platform.index.get(source)?.get(key)?.drafts ?? []).map(({ text }) => text).join('\n');
const arrived = (keys: readonly string[], source = 'docs') =>
  until(
    () => JSON.stringify(there(source)) === JSON.stringify([...keys].sort()),
    () => [there(source), platform.faults, agents.at(-1)?.output().slice(-3000)],
  );
/** What was sent is confirmed. */
const settled = () => until(() => statusOf(site).spooled === 0);
/** Each source has brought its deliveries one after the other, and none of them twice. */
const inOrder = () => {
  expect(platform.faults).toEqual([]);
  for (const source of new Set(platform.taken.map((delivery) => delivery.source))) {
    const sequences = platform.taken.filter((one) => one.source === source).map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
  }
};

describe('a folder', () => {
  test('is sent once, then what has changed, then what is gone', async () => {
    write(site.docs, {
      'a.txt': 'the first text',
      'deep/b.md': '# Second\n\ntext',
      'c.bin': Buffer.alloc(9),
    });
    const agent = await start();
    await arrived(['a.txt', 'c.bin', 'deep/b.md']);
    // what cannot be read is told, and not left out
    expect(platform.index.get('docs')?.get('c.bin')).toMatchObject({
      drafts: [],
      unread: [expect.anything()],
    });
    const before = platform.taken.length;
    write(site.docs, { 'a.txt': 'the first text, changed' });
    rmSync(join(site.docs, 'deep'), { recursive: true });
    await arrived(['a.txt', 'c.bin']);
    await until(() => textOf('a.txt').includes('changed'));
    const changes = platform.taken.slice(before).flatMap(({ items }) => items.map(({ key }) => key));
    expect(changes).toEqual(['a.txt']);
    await settled();
    expect(await agent.end('SIGTERM')).toBe(0);
    // started again it knows what was sent
    const sent = platform.posts();
    write(site.docs, { 'd.txt': 'new' });
    await start();
    await arrived(['a.txt', 'c.bin', 'd.txt']);
    expect(platform.posts()).toBe(sent + 1);
    inOrder();
  });
});

describe('the line', () => {
  test('may be cut, break off and lose answers: everything arrives once, in its order', async () => {
    const { port } = platform;
    await platform.close();
    write(site.docs, { 'one.txt': 'one' });
    const agent = await start();
    await until(() => agent.lines.some(({ msg }) => String(msg).includes('cannot be reached')));
    write(site.docs, { 'two.txt': 'two' });
    await until(
      () => statusOf(site).spooled > 1,
      () => agent.output(),
    );
    const was = platform;
    platform = await startPlatform(authority, port);
    expect(platform.port).toBe(was.port);
    [platform.mood, platform.times] = ['reset', 2];
    await arrived(['one.txt', 'two.txt']);
    [platform.mood, platform.times] = ['answer lost', 1];
    const [posts, taken] = [platform.posts(), platform.taken.length];
    write(site.docs, { 'three.txt': 'three' });
    await arrived(['one.txt', 'three.txt', 'two.txt']);
    // sent again, and the same delivery for all that
    await until(() => platform.posts() >= posts + 2);
    expect(platform.taken).toHaveLength(taken + 1);
    [platform.mood, platform.times] = ['unavailable', 2];
    write(site.docs, { 'four.txt': 'four' });
    await arrived(['four.txt', 'one.txt', 'three.txt', 'two.txt']);
    await settled();
    expect(platform.posts()).toBeGreaterThan(platform.taken.length);
    inOrder();
  });

  test('is believed of its own platform only', async () => {
    const { port } = platform;
    await platform.close();
    platform = await startPlatform(await newAuthority('another'), port);
    write(site.docs, { 'a.txt': 'for nobody else' });
    const agent = await start();
    await until(() => agent.lines.some(({ msg }) => String(msg).includes('cannot be reached')));
    expect([platform.posts(), platform.seen]).toEqual([0, []]);
  });

  test('that lets nobody in is waited for, with nothing lost', async () => {
    [platform.mood, platform.times] = ['forbidden', 1000];
    write(site.docs, { 'a.txt': 'a' });
    const agent = await start();
    await until(() => agent.lines.some(({ msg }) => String(msg).includes('lets nothing of this agent in')));
    expect(statusOf(site)).toMatchObject({ spooled: 1, refused: [] });
    expect(platform.taken).toEqual([]);
  });

  test.each(['refuses', 'fails'] as const)(
    'of a platform that %s one lets the next one through',
    async (mood) => {
      [platform.mood, platform.times] = [mood, 1];
      write(site.docs, { 'a.txt': 'a' });
      const agent = await start();
      await until(
        () => agent.lines.some(({ msg }) => String(msg).includes('set aside')),
        () => [platform.faults, platform.posts(), agent.output()],
      );
      write(site.docs, { 'b.txt': 'b' });
      await arrived(['b.txt']);
      await settled();
      const code = mood === 'refuses' ? 'statement_invalid' : 'not_indexed';
      expect(statusOf(site)).toMatchObject({ spooled: 0, refused: [code] });
      await agent.end('SIGTERM');
      // the reason was mended: all of it once more
      expect(await command('resend', 'docs')).toBe(0);
      await start();
      await arrived(['a.txt', 'b.txt']);
      expect(statusOf(site)).toMatchObject({ refused: [] });
      expect(platform.faults).toEqual([]);
    },
  );
});

describe('an agent', () => {
  test('that is killed in the middle goes on where it was', async () => {
    const keys = Array.from({ length: 60 }, (_, at) => `file-${String(at).padStart(2, '0')}.txt`);
    [platform.mood, platform.times] = ['answer lost', 3];
    for (const [at, key] of keys.entries()) {
      write(site.docs, { [key]: `text of ${key}` });
      if (at % 20 !== 10) continue;
      const agent = await start();
      // in the middle of reading, sending or waiting, as it happens
      await until(() => platform.posts() > at / 20 || agent.lines.length > 3);
      await agent.end('SIGKILL');
    }
    await start();
    await arrived(keys);
    for (const key of keys) expect(textOf(key)).toContain(`text of ${key}`);
    inOrder();
  });

  test('has its spool for itself, and ends with what is wrong with its configuration', async () => {
    write(site.docs, { 'a.txt': 'a' });
    await start();
    await arrived(['a.txt']);
    expect(await command('run')).not.toBe(0);
    expect(await command('check')).toBe(0);
    site.configure({ sources: [{ name: 'x', kind: 'folder', path: 'nowhere' }], colour: 'red' });
    expect(await command('check')).toBe(78);
    expect(await command('run')).toBe(78);
  });

  test('takes up a renewed certificate without being started again', async () => {
    const agent = await start();
    const renewed = await authority.agent();
    writeFileSync(join(site.folder, 'new.key'), renewed.keyPem, { mode: 0o600 });
    renameSync(join(site.folder, 'new.key'), join(site.folder, 'agent.key'));
    writeFileSync(join(site.folder, 'agent.pem'), renewed.pem);
    write(site.docs, { 'a.txt': 'signed by the new one' });
    await arrived(['a.txt']);
    inOrder();
    expect(agent.process.exitCode).toBeNull();
  });
});

describe('a repository', () => {
  test('is sent by what has changed since the last time', async () => {
    const repository = join(site.folder, 'repository');
    write(site.folder, { 'repository/README.md': '# Read me\n\nfirst', 'repository/src/a.py': 'print(1)\n' });
    git(repository, 'init', '--quiet');
    commitAll(repository);
    site.configure({
      sources: [{ name: 'code', kind: 'git', repository: './repository', every_seconds: 1 }],
    });
    await start();
    await arrived(['README.md', 'src/a.py'], 'code');
    const before = platform.taken.length;
    rmSync(join(repository, 'src'), { recursive: true });
    write(repository, { 'b.md': '# B' });
    commitAll(repository);
    await arrived(['README.md', 'b.md'], 'code');
    expect(platform.taken.slice(before).flatMap(({ items }) => items.map(({ key }) => key))).toEqual([
      'b.md',
    ]);
    inOrder();
  });
});

describe('a drop', () => {
  const sarif = (text: string) =>
    JSON.stringify({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'lint' } }, results: [{ ruleId: 'r1', message: { text } }] }],
    });

  test('says that it has a report when it cannot be lost any more', async () => {
    const port = 20_000 + (process.pid % 20_000);
    site.configure({ sources: [{ name: 'reports', kind: 'drop', port }] });
    await platform.close();
    const agent = await start();
    const post = (path: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/sarif+json', ...headers },
      });
    expect((await post('/sarif/nightly', sarif('first'))).status).toBe(202);
    expect((await post('/sarif', sarif('unnamed'))).status).toBe(202);
    await agent.end('SIGKILL');
    platform = await startPlatform(authority, platform.port);
    await start();
    await until(
      () => there('reports').length === 2,
      () => agents.at(-1)?.output(),
    );
    expect(textOf('nightly', 'reports')).toContain('first');
    expect((await post('/sarif/nightly', sarif('second'))).status).toBe(202);
    await until(() => textOf('nightly', 'reports').includes('second'));
    expect(there('reports')).toHaveLength(2);
    for (const [path, body, headers, status] of [
      ['/sarif/x', 'no json', {}, 422],
      ['/sarif/x', sarif('x'), { 'content-type': 'text/plain' }, 415],
      ['/sarif/x', sarif('x'), { origin: 'https://evil.example' }, 403],
      ['/sarif/%2e%2e%2fx', sarif('x'), {}, 422],
      ['/other', sarif('x'), {}, 404],
    ] as const)
      expect([path, (await post(path, body, headers)).status]).toEqual([path, status]);
    inOrder();
  });
});

async function command(...words: string[]): Promise<number> {
  const nowhere = { write: () => true, isTTY: false } as unknown as NodeJS.WriteStream;
  return execute(['agent', ...words, '--config', site.config], {
    environment: {},
    workingDirectory: site.folder,
    checkout: site.folder,
    stdout: nowhere,
    stderr: nowhere,
  });
}

/** As the state beside a running agent says it. */
function statusOf({ spool }: Site): { spooled: number; refused: string[] } {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(join(spool, 'state.db'), { timeout: 5000 });
  try {
    const rows = database.prepare('SELECT state, code FROM deliveries').all();
    return {
      spooled: rows.filter(({ state }) => state === 'waiting').length,
      refused: rows.flatMap(({ state, code }) => (state === 'refused' ? [String(code)] : [])),
    };
  } finally {
    database.close();
  }
}
