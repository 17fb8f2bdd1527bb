import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { read } from '../../unit/ingest/reading.ts';
import { commitAll, git, write } from '../../unit/scan/sources.ts';
import { newAuthority } from './certificates.ts';
import { DOCUMENTS, PLANTED, telling } from './planted.ts';
import { type Platform, startPlatform } from './platform.ts';
import { type Agent, bytesBelow, newSite, type Site, until } from './site.ts';

let platform: Platform;
let site: Site;
let agent: Agent;
const port = 41_000 + (process.pid % 20_000);

/** Everything that the platform's side of the line has seen, without its encryption, its packing and its encoding. */
let left: string;
beforeAll(async () => {
  const authority = await newAuthority();
  platform = await startPlatform(authority);
  site = await newSite(authority, platform.url);
  write(site.docs, DOCUMENTS);
  const repository = join(site.folder, 'repository');
  write(repository, { 'notes.txt': DOCUMENTS['notes.txt'] ?? '', 'Katharina_Obermeyer.md': '# Plain' });
  git(repository, 'init', '--quiet', '--initial-branch=katharina.obermeyer');
  git(repository, 'config', 'user.name', 'Katharina Obermeyer');
  commitAll(repository, PLANTED.map(({ said }) => said).join('\n\n'));
  site.configure({
    sources: [
      { name: 'docs', kind: 'folder', path: 'docs', every_seconds: 1 },
      { name: 'code', kind: 'git', repository: './repository', history: 10 },
      { name: 'reports', kind: 'drop', port },
    ],
  });
  agent = await site.start();
  const answer = await fetch(`http://127.0.0.1:${port}/sarif/katharina.obermeyer`, {
    method: 'POST',
    body: DOCUMENTS['scan.sarif']?.toString() ?? '',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(202);
  const count = (source: string) => platform.index.get(source)?.size ?? 0;
  await until(
    () => count('docs') === Object.keys(DOCUMENTS).length && count('code') === 3 && count('reports') === 1,
    () => [platform.index.size, platform.faults, agent.output().slice(-2000)],
  );
  left = Buffer.concat(platform.seen).toString('utf8');
});
afterAll(async () => {
  await agent.end('SIGKILL');
  await platform.close();
  rmSync(site.folder, { recursive: true, force: true });
});
const found = (text: string) =>
  PLANTED.flatMap(({ kind, value }) => (telling(value).some((one) => text.includes(one)) ? kind : []));
const CONCEALED: ReadonlySet<string> = new Set(['SECRET', 'URL_CREDENTIALS']);
const EVERY_KIND = PLANTED.map(({ kind }) => kind);

describe('of what is personal', () => {
  test('nothing leaves the site, in no format and under no name', () => {
    expect(platform.faults).toEqual([]);
    expect(found(left)).toEqual([]);
    expect(left.toLowerCase()).not.toContain('obermeyer');
    expect(left).not.toContain('katharina');
  });

  test('a mask stands in its place, in every document', () => {
    for (const [name, item] of platform.index.get('docs') ?? []) {
      if (!Object.hasOwn(DOCUMENTS, name)) continue;
      const texts = item.drafts.map(({ text }) => text).join('\n');
      for (const kind of ['EMAIL_ADDRESS', 'PERSON', 'CREDIT_CARD', 'IBAN_CODE'])
        expect([name, texts.includes(`[${kind}]`)]).toEqual([name, true]);
    }
  });

  test('nothing lies in the spool, in the log, or where repositories are fetched to', () => {
    for (const place of [agent.output(), bytesBelow(site.spool).toString('latin1')]) {
      expect(found(place)).toEqual([]);
      expect(place.toLowerCase()).not.toContain('obermeyer');
    }
  });
});

describe('that it would have been found', () => {
  test.each(Object.entries(DOCUMENTS).filter(([name]) => !/people|broken/.test(name)))(
    'in %s is seen by the same readers without a mask',
    async (name, bytes) => {
      const { drafts } = await read(bytes, { name, mask: (text) => text });
      // what a scanner has found of secrets its reader conceals by itself
      const seen = name === 'scan.sarif' ? EVERY_KIND.filter((kind) => !CONCEALED.has(kind)) : EVERY_KIND;
      expect(found(JSON.stringify(drafts))).toEqual(seen);
    },
  );

  test('is seen in the folder itself, by the same search', () => {
    expect(found(bytesBelow(site.docs).toString('utf8'))).toEqual(EVERY_KIND);
    expect(bytesBelow(site.docs).toString('utf8')).toContain('Obermeyer');
  });
});
