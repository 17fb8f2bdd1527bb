import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import {
  appendFile,
  cp,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { onDisk } from '../../services/files/failure.ts';
import { openDirectoryStore } from '../../services/objects/directory-store.ts';
import { openObjectStore } from '../../services/objects/open-objects.ts';
import type { Bucket } from '../../services/objects/store.ts';
import { collect, directoryUnderTest, keysOf, longStream, sha256 } from './object-stores.ts';

const TEXT = { contentType: 'text/plain', metadata: { a: 'b' } };
const MIB = 1024 * 1024;
const WRITER = fileURLToPath(new URL('./object-writer.ts', import.meta.url));

let place: Awaited<ReturnType<typeof directoryUnderTest>>;
let root: string;
let bucket: Bucket;

beforeEach(async () => {
  place = await directoryUnderTest(openDirectoryStore);
  root = place.root;
  bucket = await openDirectoryStore(root).bucket('evidence');
});
afterEach(() => place.dispose());

const put = (key: string, text: string) => bucket.put(key, Buffer.from(text), TEXT);
const textOf = async (key: string) => String(Buffer.from(await bucket.read(key, MIB)));
const staged = () => readdir(join(root, '.tmp'));
const records = async () =>
  (await readdir(join(root, '.meta'), { recursive: true })).filter((name) => name.endsWith('.json'));

describe('what a person finds', () => {
  test('plain files, and nothing else beside them', async () => {
    await put('run/a/findings.json', '{}');
    await put('run/b.txt', 'b');
    expect(await readFile(bucket.locate('run/a/findings.json'), 'utf8')).toBe('{}');
    const files = await readdir(join(root, 'evidence'), { recursive: true });
    expect(files.sort()).toEqual(['run', 'run/a', 'run/a/findings.json', 'run/b.txt']);
    expect(await staged()).toEqual([]);
  });

  test('a file put there by hand is an object with its true digest', async () => {
    await writeFile(join(root, 'evidence', 'by-hand'), 'hello');
    const info = {
      key: 'by-hand',
      size: 5,
      sha256: sha256('hello'),
      contentType: 'application/octet-stream',
      metadata: {},
    };
    expect(await bucket.head('by-hand')).toEqual(info);
    expect(await textOf('by-hand')).toBe('hello');
    expect(await collect(bucket.list(''))).toEqual([{ key: 'by-hand', size: 5 }]);
  });

  test('an edited file has the digest of what it is now', async () => {
    await put('edited', 'before');
    await appendFile(bucket.locate('edited'), ' and after');
    expect(await bucket.head('edited')).toMatchObject({ sha256: sha256('before and after'), metadata: {} });
    expect(await textOf('edited')).toBe('before and after');
  });

  test('bytes that rotted unseen are not handed out as good', async () => {
    await put('rotten', 'good evidence');
    const path = bucket.locate('rotten');
    const before = await stat(path, { bigint: true });
    const [record] = await records();
    const handle = await open(path, 'r+');
    await handle.write('evil');
    await handle.close();
    // The disk changed the bytes behind the file system's back: make the record fit the file again.
    const after = await stat(path, { bigint: true });
    const folder = join(root, '.meta', String(record));
    await rename(folder, folder.replace(`${before.mtimeNs}`, `${after.mtimeNs}`));
    expect(await bucket.head('rotten')).toMatchObject({ sha256: sha256('good evidence') });
    await expect(bucket.read('rotten', 100)).rejects.toMatchObject({ code: 'digest_mismatch' });
    await expect((await bucket.open('rotten')).body.toArray()).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
  });

  test('a tree restored from a backup keeps its metadata', async () => {
    await put('kept/x', 'x');
    const restored = `${root}-restored`;
    await cp(root, restored, { recursive: true });
    const again = openDirectoryStore(restored).readable('evidence');
    expect(await again.head('kept/x')).toEqual(await bucket.head('kept/x'));
    await rm(restored, { recursive: true });
  });
});

describe('links and devices planted in the tree', () => {
  const outside = () => join(root, 'outside');
  beforeEach(async () => {
    await mkdir(outside());
    await writeFile(join(outside(), 'secret'), 'secret');
  });

  test('a link to a file is not an object, and nothing is written through it', async () => {
    await symlink(join(outside(), 'secret'), join(root, 'evidence', 'link'));
    expect(await bucket.head('link')).toBeUndefined();
    await expect(bucket.open('link')).rejects.toMatchObject({ code: 'object_not_found' });
    expect(await keysOf(bucket.list(''))).toEqual([]);
    for (const ifAbsent of [true, false]) {
      const writing = bucket.put('link', Buffer.from('x'), { ...TEXT, ifAbsent });
      await expect(writing).rejects.toMatchObject({ code: 'object_conflict' });
    }
    await bucket.remove('link');
    expect(await readFile(join(outside(), 'secret'), 'utf8')).toBe('secret');
  });

  test('a link to a folder leads nowhere', async () => {
    await symlink(outside(), join(root, 'evidence', 'away'));
    expect(await bucket.head('away/secret')).toBeUndefined();
    await expect(bucket.read('away/secret', 100)).rejects.toMatchObject({ code: 'object_not_found' });
    await expect(put('away/new', 'x')).rejects.toMatchObject({ code: 'object_conflict' });
    await bucket.remove('away/secret');
    expect(await keysOf(bucket.list(''))).toEqual([]);
    expect(await keysOf(bucket.list('away/'))).toEqual([]);
    expect(await readdir(outside())).toEqual(['secret']);
  });

  test('a bucket that is a link is refused', async () => {
    await symlink(outside(), join(root, 'elsewhere'));
    await expect(openDirectoryStore(root).bucket('elsewhere')).rejects.toMatchObject({
      code: 'object_conflict',
    });
    const reader = openDirectoryStore(root).readable('elsewhere');
    expect(await reader.head('secret')).toBeUndefined();
    expect(await keysOf(reader.list(''))).toEqual([]);
  });

  test('our own folders replaced by links are refused', async () => {
    for (const own of ['.tmp', '.meta']) {
      await rm(join(root, own), { recursive: true, force: true });
      await symlink(outside(), join(root, own));
      await expect(put('x', 'x')).rejects.toMatchObject({ code: 'object_conflict' });
      await unlink(join(root, own));
    }
    expect(await readdir(outside())).toEqual(['secret']);
    expect(await bucket.head('x')).toBeUndefined();
  });

  test('a pipe neither is an object nor holds the reader', async () => {
    await promisify(execFile)('mkfifo', [join(root, 'evidence', 'pipe')]);
    expect(await bucket.head('pipe')).toBeUndefined();
    expect(await keysOf(bucket.list(''))).toEqual([]);
  });
});

describe('what a crash leaves', () => {
  test('a staged file without a name is no object, and goes when it is old', async () => {
    const old = join(root, '.tmp', '1-old');
    const young = join(root, '.tmp', '1-young');
    await writeFile(old, 'half');
    await writeFile(young, 'half');
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(old, yesterday, yesterday);
    await openDirectoryStore(root).bucket('evidence');
    expect(await staged()).toEqual(['1-young']);
    expect(await keysOf(bucket.list(''))).toEqual([]);
  });

  test('a record whose file never got its name changes nothing of the object that stands', async () => {
    await put('x', 'first');
    const [record] = await records();
    const orphan = join(root, '.meta', String(record).replace(/\.\d+-\d+\./, '.1-1.'));
    await writeFile(
      orphan,
      JSON.stringify({ key: 'x', size: 6, sha256: sha256('second'), contentType: 'x/y', metadata: {} }),
    );
    expect(await bucket.head('x')).toMatchObject({ sha256: sha256('first'), ...TEXT });
    const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(orphan, longAgo, longAgo);
    await put('x', 'third');
    expect(await records()).toHaveLength(1);
    expect(await bucket.head('x')).toMatchObject({ sha256: sha256('third') });
  });

  test('a published object whose staged name was not removed yet is whole, also after the sweep', async () => {
    await put('x', 'whole');
    const leftover = join(root, '.tmp', '1-left');
    await link(bucket.locate('x'), leftover);
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(leftover, yesterday, yesterday);
    await openDirectoryStore(root).bucket('evidence');
    expect(await staged()).toEqual([]);
    expect(await textOf('x')).toBe('whole');
    expect(await bucket.head('x')).toMatchObject({ sha256: sha256('whole'), ...TEXT });
  });

  test.each([
    '',
    '{"key":"x"',
    '{"key":"y","size":5,"sha256":"00","contentType":"a/b","metadata":{}}',
    'null',
  ])('a record that is %j is not believed', async (text) => {
    await put('x', 'whole');
    const [record] = await records();
    await writeFile(join(root, '.meta', String(record)), text);
    expect(await bucket.head('x')).toMatchObject({ size: 5, sha256: sha256('whole'), metadata: {} });
    expect(await textOf('x')).toBe('whole');
  });

  test('empty folders in the place of a key give way; folders with objects do not', async () => {
    await mkdir(join(root, 'evidence', 'x', 'y', 'z'), { recursive: true });
    expect((await bucket.put('x', Buffer.from('x'), { ...TEXT, ifAbsent: true })).outcome).toBe('created');
    await mkdir(join(root, 'evidence', 'k', 'empty'), { recursive: true });
    await put('k/object', 'o');
    await expect(put('k', 'k')).rejects.toMatchObject({ code: 'object_conflict' });
    expect(await textOf('k/object')).toBe('o');
    expect(await records()).toHaveLength(2);
  });

  test('a writer killed at any moment leaves the former object or the new one', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
    for (let round = 0; round < 12; round += 1) {
      const child = fork(WRITER, [root, 'overwrite', ...['a', 'b']], {
        execArgv: [],
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      await once(child, 'message');
      for (let seen = 0; seen < round; seen += 1) await bucket.head('x');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const info = await bucket.head('x');
      expect(texts.map(sha256)).toContain(info?.sha256);
      expect(info).toMatchObject({ size: 200_000, contentType: `text/${(await textOf('x'))[0]}` });
      expect(await keysOf(bucket.list(''))).toEqual(['x']);
    }
  });
});

describe('several processes', () => {
  test('of six processes racing for 50 keys, each key is created once', async () => {
    const children = Array.from({ length: 6 }, (_, n) =>
      fork(WRITER, [root, 'race', String(n)], { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } }),
    );
    const answers = await Promise.all(children.map((child) => once(child, 'message')));
    const created = answers.flatMap(([keys]) => keys as string[]);
    expect(created).toHaveLength(50);
    expect(new Set(created).size).toBe(50);
    expect(await keysOf(bucket.list('race/'))).toEqual([...created].sort());
    expect(await records()).toHaveLength(50);
    expect(await staged()).toEqual([]);
  });

  test('putting and removing below the same folders lose nothing', async () => {
    const work = Array.from({ length: 200 }, async (_, n) => {
      const key = `shared/deep/${n % 4}`;
      if (n % 2 === 0) await bucket.remove(key);
      else await put(key, `${n}`);
      if (n % 2 === 1) await put(`kept/${n}`, `${n}`);
    });
    await Promise.all(work);
    expect(await keysOf(bucket.list('kept/'))).toHaveLength(100);
  });
});

describe('a disk that says no', () => {
  const limited = (script: string, args: readonly string[]) =>
    promisify(execFile)(
      'bash',
      ['-c', `${script}; exec "$0" "$@"`, process.execPath, WRITER, root, ...args],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );

  test('a write that does not fit leaves the former object and says why', async () => {
    await put('big', 'former');
    const { stdout } = await limited('ulimit -f 1024', ['big']);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'dependency_unavailable',
      message: expect.stringContaining('larger than this process may write'),
    });
    expect(await textOf('big')).toBe('former');
    expect(await staged()).toEqual([]);
    expect(await records()).toHaveLength(1);
  });

  test('the same write without the limit goes through', async () => {
    const { stdout } = await limited('true', ['big']);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'created' });
  });

  test('a full disk is told as one, and leaves nothing', async () => {
    // Only this process and its children see the small disk; a system that forbids that has no other without root.
    const mounted = `mount -t tmpfs -o size=1m none "${root}"`;
    const inside = ['-rm', 'bash', '-c', `${mounted} && exec "$0" "$@"`];
    const { stdout, stderr } = await promisify(execFile)(
      'unshare',
      [...inside, process.execPath, WRITER, root, 'big'],
      {
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    ).catch((error: { stdout: string; stderr: string }) => error);
    if (stdout === '') {
      console.warn(`no small disk to fill on this machine: ${stderr}`);
      return;
    }
    expect(JSON.parse(stdout)).toEqual({
      code: 'dependency_unavailable',
      message: expect.stringContaining('the disk is full'),
      keys: [],
      staged: [],
    });
  });

  test('the disk being full has a name', async () => {
    const full = await open('/dev/full', 'w');
    const writing = onDisk('write evidence', () => full.writeFile('x'));
    await expect(writing).rejects.toMatchObject({
      code: 'dependency_unavailable',
      message: 'Cannot write evidence: the disk is full',
    });
    await full.close();
  });

  test('a key that does not fit below a deep root is refused as a key', async () => {
    const deep = openDirectoryStore(join(root, ...Array.from({ length: 16 }, () => 'd'.repeat(240))));
    const far = await deep.bucket('evidence');
    const key = `${'k'.repeat(250)}/${'k'.repeat(250)}`;
    await expect(far.put(key, Buffer.from('x'), TEXT)).rejects.toMatchObject({ code: 'invalid_key' });
  });
});

test('a source that breaks like a file is not mistaken for our disk', async () => {
  await expect(bucket.put('x', createReadStream(join(root, 'nowhere')), TEXT)).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

test('a body that is not read to its end closes the file', async () => {
  await bucket.put('long', longStream(4 * MIB).stream, TEXT);
  const openFiles = async () => (await readdir('/proc/self/fd')).length;
  const before = await openFiles();
  for (let n = 0; n < 20; n += 1) {
    const { body } = await bucket.open('long');
    body.destroy();
    await once(body, 'close');
  }
  for (let n = 0; n < 20; n += 1)
    await expect(bucket.read('long', 10)).rejects.toMatchObject({ code: 'object_too_large' });
  while ((await openFiles()) > before) await new Promise(setImmediate);
});

test('the url decides the store', async () => {
  const options = { region: 'us-east-1' };
  await put('x', 'x');
  for (const url of [root, `file://${root}`]) {
    const store = await openObjectStore(url, options);
    expect(await store.readable('evidence').head('x')).toMatchObject({ size: 1 });
  }
  const s3 = await openObjectStore('s3://', options);
  expect(s3.readable('evidence').locate('x')).toBe('s3://evidence/x');
  for (const bad of ['relative/path', 's3://bucket', 'file://host/x', 'http://x', '']) {
    await expect(openObjectStore(bad, options)).rejects.toMatchObject({ code: 'invalid_request' });
  }
  expect(() => openDirectoryStore('relative')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
