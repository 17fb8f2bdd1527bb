import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isLocked, lockSpool } from '../../../services/agent/spool-lock.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { type Disk, delivery, everythingIn, known, never, openDisk } from './agent-fixture.ts';

let root: string;
let disk: Disk;
beforeEach(async () => {
  root = temporaryFolder('spool');
  disk = await openDisk(join(root, 'spool'));
});
afterEach(() => {
  disk.state.close();
  rmSync(root, { recursive: true, force: true });
});
const again = async (maxBytes?: number) => {
  disk.state.close();
  disk = await openDisk(join(root, 'spool'), maxBytes);
};
const SECRET = 'Erika Mustermann lives here';
const add = (sequence: number, signal = never, bytes = Buffer.from(SECRET)) =>
  disk.spool.add(delivery('docs', sequence), bytes, { put: [known(`a/${SECRET}`)], gone: [] }, signal);
const waitingFiles = () => readdirSync(join(root, 'spool', 'deliveries'));

describe('what is spooled', () => {
  test('is there after a crash, in its order, until it was sent', async () => {
    await add(2);
    await add(3);
    await again();
    const first = disk.state.firstWaiting('docs');
    expect([first?.sequence, (await disk.spool.read(delivery2())).toString()]).toEqual([2, SECRET]);
    await disk.spool.sent(delivery2(), new Date());
    await again();
    expect(disk.state.firstWaiting('docs')?.sequence).toBe(3);
    expect(waitingFiles()).toHaveLength(1);
    expect(disk.state.firstWaiting('other')).toBeUndefined();
  });

  test('counts together with what it says of items, or not at all', async () => {
    await add(2);
    // as if it had died between the file and its row
    writeFileSync(join(root, 'spool', 'deliveries', 'f'.repeat(64)), 'half');
    writeFileSync(join(root, 'spool', 'deliveries', '.draft'), 'half');
    await again();
    expect(waitingFiles()).toEqual([delivery2().id]);
    expect(disk.state.item('docs', `a/${SECRET}`)?.version).toBe('v1');
    // a row that cannot be written takes nothing with it
    await expect(
      disk.spool.add(delivery('docs', 2), Buffer.from('x'), { put: [known('b')], gone: [] }, never),
    ).rejects.toThrow();
    expect(disk.state.item('docs', 'b')).toBeUndefined();
  });

  test('is set aside with its reason, also when it died half way', async () => {
    await add(2);
    await add(3);
    await disk.spool.setAside(delivery2(), 'statement_invalid');
    const refused = join(root, 'spool', 'refused');
    expect(readdirSync(refused)).toEqual([delivery2().id]);
    renameSync(join(refused, delivery2().id), join(root, 'spool', 'deliveries', delivery2().id));
    await again();
    expect(readdirSync(refused)).toEqual([delivery2().id]);
    expect(disk.state.refused()).toMatchObject([{ sequence: 2, code: 'statement_invalid' }]);
    expect(disk.state.firstWaiting('docs')?.sequence).toBe(3);
    rmSync(join(refused, delivery2().id));
    await again();
    expect(disk.state.refused()).toEqual([]);
  });

  test('holds nothing of an item that others could read', async () => {
    await add(2);
    await disk.spool.drop('reports', 'erika.mustermann.sarif', Buffer.from(`{"x":"${SECRET}"}`));
    disk.state.settle('docs', { checkpoint: { commit: SECRET }, meant: 'm' });
    await disk.spool.setAside(delivery2(), 'code');
    const all = everythingIn(root).toString('latin1');
    for (const hidden of [SECRET, 'Mustermann', 'mustermann', 'a/Erika']) expect(all).not.toContain(hidden);
    // names of the configuration are, so the search does find what there is
    expect(all).toContain('docs');
  });

  test('is told from what somebody else has put in its place', async () => {
    await add(2);
    await add(3);
    const [two, three] = waitingFiles().map((name) => join(root, 'spool', 'deliveries', name));
    writeFileSync(two ?? '', readFileSync(three ?? ''));
    await expect(disk.spool.read(delivery2())).rejects.toMatchObject({ code: 'digest_mismatch' });
    rmSync(two ?? '');
    await expect(disk.spool.read(delivery2())).rejects.toMatchObject({ code: 'object_not_found' });
  });
});

const delivery2 = () => ({ ...delivery('docs', 2), size: 0 });

describe('the bound', () => {
  test('makes a source wait until something was sent', async () => {
    await again(200);
    const big = Buffer.alloc(100);
    await add(2, never, big);
    let isIn = false;
    const waits = add(3, never, big).then((added) => {
      isIn = added;
    });
    await new Promise(setImmediate);
    expect([isIn, waitingFiles().length]).toEqual([false, 1]);
    await disk.spool.sent(delivery2(), new Date());
    await waits;
    expect([isIn, disk.state.firstWaiting('docs')?.sequence]).toEqual([true, 3]);
  });

  test('lets go of who waits when all ends, with nothing spooled', async () => {
    await again(200);
    await add(2, never, Buffer.alloc(150));
    const stop = new AbortController();
    const waits = disk.spool.add(
      delivery('docs', 3),
      Buffer.alloc(100),
      { put: [known('late')], gone: [] },
      stop.signal,
    );
    stop.abort();
    expect(await waits).toBe(false);
    expect(disk.state.item('docs', 'late')).toBeUndefined();
  });

  test('keeps room for what is made of what comes in', async () => {
    await again(10_000);
    const drop = (name: string) => disk.spool.drop('reports', name, Buffer.alloc(1500));
    // each takes up 1500 bytes and what seals it: the second one would be in the other half
    expect([await drop('a'), await drop('b')]).toEqual(['taken', 'full']);
    expect(await disk.spool.add(delivery('docs', 2), Buffer.alloc(5000), { put: [], gone: [] }, never)).toBe(
      true,
    );
  });
});

describe('what is dropped', () => {
  test('is the newest of its name, and goes with what it took the place of', async () => {
    const drop = (name: string, text: string) => disk.spool.drop('reports', name, Buffer.from(text));
    await drop('a.sarif', 'old');
    await drop('b.sarif', 'b');
    await again();
    await drop('a.sarif', 'new');
    const { newest, files } = await disk.spool.inbox.list('reports');
    expect(newest.map(({ name }) => name).sort()).toEqual(['a.sarif', 'b.sarif']);
    const a = newest.find(({ name }) => name === 'a.sarif');
    expect((await disk.spool.inbox.read(a?.file ?? '')).toString()).toBe('new');
    expect(files).toHaveLength(3);
    expect((await disk.spool.inbox.list('others')).newest).toEqual([]);
    for (const file of files) await disk.spool.inbox.remove(file);
    expect(disk.spool.inbox.bytes).toBe(0);
  });
});

describe('the state', () => {
  test('gives no sequence twice, not even when all of it is lost', async () => {
    const now = new Date('2026-06-01T12:00:00Z');
    const first = disk.state.nextSequence('docs', now);
    await disk.spool.add(delivery('docs', first), Buffer.from('x'), { put: [], gone: [] }, never);
    expect(disk.state.nextSequence('docs', now)).toBe(first + 1);
    // many of them in one second
    const last = first + 500;
    await disk.spool.add(delivery('docs', last), Buffer.from('x'), { put: [], gone: [] }, never);
    disk.state.close();
    rmSync(join(root, 'spool'), { recursive: true });
    disk = await openDisk(join(root, 'spool'));
    expect(disk.state.nextSequence('docs', new Date(now.getTime() + 1000))).toBeGreaterThan(last);
  });

  test('is not gone on with under another key', async () => {
    await add(2);
    disk.state.close();
    rmSync(join(root, 'spool.key'));
    await expect(openDisk(join(root, 'spool'))).rejects.toMatchObject({ code: 'key_unusable' });
    rmSync(join(root, 'spool'), { recursive: true });
    disk = await openDisk(join(root, 'spool'));
  });

  test('belongs to one agent at a time', () => {
    const lock = lockSpool(join(root, 'spool'));
    expect(isLocked(join(root, 'spool'))).toBe(true);
    expect(() => lockSpool(join(root, 'spool'))).toThrow('another agent');
    lock.release();
    expect(isLocked(join(root, 'spool'))).toBe(false);
    expect(existsSync(join(root, 'spool', 'lock.db'))).toBe(true);
  });
});
