import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { execute } from '../../../cli/main.ts';
import { exportFile, indexFile, plainExportFile } from '../../../services/advisories/layout.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { serve } from './osv-server.ts';
import { RECORDS } from './records.ts';
import { zipOf } from './zip.ts';

const folders: string[] = [];
const servers: Awaited<ReturnType<typeof serve>>[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) await server.close();
});

const EXPORT = zipOf({ 'a.json': JSON.stringify(RECORDS[0]), 'b.json': JSON.stringify(RECORDS[2]) });

function home(): string {
  const folder = temporaryFolder('home');
  folders.push(folder);
  return folder;
}

async function certus(folder: string, ...words: string[]) {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => {
    const write = (text: string) => {
      said[name] += text;
      return true;
    };
    return { write } as unknown as NodeJS.WriteStream;
  };
  const code = await execute(['advisories', ...words], {
    environment: { CERTUS_HOME: folder },
    workingDirectory: folder,
    checkout: folder,
    stdout: stream('out'),
    stderr: stream('err'),
  });
  return { code, ...said };
}

async function exports(answers: Record<string, Buffer>): Promise<string> {
  const server = await serve(({ path }, answer) => {
    const found = answers[path];
    answer.writeHead(found === undefined ? 404 : 200).end(found);
  });
  servers.push(server);
  return server.address;
}

describe('download', () => {
  test('fetches, loads and says what there is', async () => {
    const folder = home();
    const from = await exports({ '/npm/all.zip': EXPORT });
    const { code, out } = await certus(
      folder,
      'download',
      '--ecosystem',
      'NPM',
      '--from',
      from,
      '-o',
      'json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      folder: join(folder, 'advisories'),
      ecosystems: [{ ecosystem: 'npm', state: 'ready', index: { advisories: 2 } }],
    });
    expect(readFileSync(exportFile(join(folder, 'advisories'), 'npm')).equals(EXPORT)).toBe(true);
  });

  test.each([
    ['a login page', Buffer.from('<html>log in</html>')],
    ['half an export', EXPORT.subarray(0, EXPORT.length / 2)],
    ['an archive of other things', zipOf({ 'a.json': '{"x": 1}' })],
  ])('keeps what is there when it is given %s', async (_, content) => {
    const folder = home();
    const first = await exports({ '/npm/all.zip': EXPORT });
    await certus(folder, 'download', '--ecosystem', 'npm', '--from', first, '--to', 'db');
    const before = readFileSync(indexFile(join(folder, 'db'), 'npm'));
    const second = await exports({ '/npm/all.zip': content });
    const { code, err } = await certus(
      folder,
      'download',
      '--ecosystem',
      'npm',
      '--from',
      second,
      '--to',
      'db',
    );
    expect([code, err]).toEqual([65, expect.stringContaining('archive_invalid')]);
    expect(readFileSync(exportFile(join(folder, 'db'), 'npm')).equals(EXPORT)).toBe(true);
    expect(readFileSync(indexFile(join(folder, 'db'), 'npm')).equals(before)).toBe(true);
    expect(readdirSync(dirname(exportFile(join(folder, 'db'), 'npm')))).toEqual(['all.zip']);
  });

  test('says what cannot be fetched', async () => {
    const from = await exports({});
    const { code, err } = await certus(home(), 'download', '--ecosystem', 'Go', '--from', from);
    expect([code, err]).toEqual([69, expect.stringContaining('answers 404')]);
  });

  test.each([
    ['--ecosystem', 'CPAN'],
    ['--from', 'file:///etc'],
  ])('refuses %s %s', async (...words) => {
    expect((await certus(home(), 'download', ...words)).code).toBe(64);
  });
});

describe('load', () => {
  function brought(place: (folder: string, ecosystem: string) => string): string {
    const folder = home();
    const file = place(folder, 'npm');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, EXPORT);
    return folder;
  }

  test.each([
    ['as osv-scanner has them', exportFile],
    ['as OSV has them', plainExportFile],
  ])('reads a folder of exports, laid out %s', async (_, place) => {
    const folder = brought(place);
    const { code, out } = await certus(folder, 'load', folder);
    expect([code, out]).toEqual([0, expect.stringMatching(/npm\s+ready\s+2/)]);
  });

  test('reads a single export, and takes its ecosystem from where it lies or from what is said', async () => {
    const folder = brought(plainExportFile);
    expect((await certus(folder, 'load', 'npm/all.zip', '--to', 'db')).code).toBe(0);
    expect(existsSync(indexFile(join(folder, 'db'), 'npm'))).toBe(true);
    writeFileSync(join(folder, 'mine.zip'), EXPORT);
    expect((await certus(folder, 'load', 'mine.zip', '--to', 'other')).code).toBe(64);
    expect((await certus(folder, 'load', 'mine.zip', '--to', 'other', '--ecosystem', 'npm')).code).toBe(0);
    expect(existsSync(indexFile(join(folder, 'other'), 'npm'))).toBe(true);
  });

  test('says when there is nothing to load', async () => {
    const folder = home();
    expect((await certus(folder, 'load', folder)).code).toBe(66);
    expect((await certus(folder, 'status')).code).toBe(66);
  });
});
