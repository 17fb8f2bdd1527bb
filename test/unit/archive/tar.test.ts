import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pack } from 'tar-stream';
import { temporaryFolder } from '../scan/sources.ts';
import { paxOf, refusal, tarOf, tarParts, unpack } from './archives.ts';

const names = async (...args: Parameters<typeof unpack>) => Object.keys((await unpack(...args)).files);

describe('a tar', () => {
  test('as another program writes it is unpacked: names of any length, modes and content', async () => {
    const long = `${'folder/'.repeat(30)}${'n'.repeat(200)}.txt`;
    const stream = pack();
    stream.entry({ name: 'a.txt', mode: 0o644 }, 'alpha');
    stream.entry({ name: './d/', type: 'directory' });
    stream.entry({ name: './d//b.txt' }, 'x'.repeat(5000));
    stream.entry({ name: long }, 'long');
    stream.entry({ name: 'ü.txt' }, 'umlaut');
    stream.entry({ name: 'empty' }, '');
    stream.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(await unpack(Buffer.concat(chunks))).toEqual({
      files: { 'a.txt': 'alpha', 'd/b.txt': 'x'.repeat(5000), [long]: 'long', 'ü.txt': 'umlaut', empty: '' },
      leftOut: [],
    });
  });

  test.each(['v7', 'ustar', 'gnu', 'pax'])('of GNU in its format %s is unpacked', async (format) => {
    const folder = temporaryFolder('gnu');
    const name = format === 'gnu' || format === 'pax' ? `${'n'.repeat(150)}.txt` : 'name.txt';
    writeFileSync(join(folder, name), 'content');
    spawnSync('tar', [`--format=${format}`, '-cf', join(folder, 'out.tar'), '-C', folder, name]);
    expect((await unpack(readFileSync(join(folder, 'out.tar')))).files).toEqual({ [name]: 'content' });
    rmSync(folder, { recursive: true });
  });

  test('inside of a tar is a file', async () => {
    const inner = tarOf({ name: 'secret.txt', body: 'x' });
    expect(await names(tarOf({ name: 'inner.tar', body: inner }))).toEqual(['inner.tar']);
  });

  test('leaves `.git` out, wherever it is', async () => {
    const tar = tarOf(
      { name: '.git/config' },
      { name: 'a/.git/hooks/x' },
      { name: 'sub/.git' },
      { name: '.gitignore' },
    );
    expect(await unpack(tar)).toEqual({ files: { '.gitignore': '' }, leftOut: [] });
  });
});

describe('what leads elsewhere is left out and recorded', () => {
  const good = { name: 'good.txt', body: 'good' };

  test.each([
    '/etc/passwd',
    '../escape',
    'a/../../escape',
    'a/..',
    'C:/windows',
    'c:x',
    'a\\..\\b',
    'line\nbreak',
    'escape\u001b[31m',
    'rtl\u0085',
  ])('the name %j', async (name) => {
    expect(await unpack(tarOf({ name }, good))).toEqual({
      files: { 'good.txt': 'good' },
      leftOut: [`name_unsafe ${name}`],
    });
  });

  test('also as a pax or GNU name, where NUL may be in it', async () => {
    const { leftOut, files } = await unpack(
      tarOf(
        paxOf({ path: '../by-pax' }),
        { name: 'harmless' },
        { type: 'L', body: '../by-gnu\0' },
        { name: 'harmless' },
        paxOf({ path: 'a\0b' }),
        good,
      ),
    );
    expect({ leftOut, files }).toEqual({
      leftOut: ['name_unsafe ../by-pax', 'name_unsafe ../by-gnu', 'name_unsafe a\0b'],
      files: {},
    });
  });

  test.each([
    ['1', 'hardlink'],
    ['2', 'symlink'],
    ['3', 'special_file'],
    ['4', 'special_file'],
    ['6', 'special_file'],
    ['S', 'sparse_file'],
  ])('an entry of type %s', async (type, code) => {
    const tar = tarOf({ name: 'link', type, link: '/etc/passwd' }, good);
    expect(await unpack(tar)).toEqual({ files: { 'good.txt': 'good' }, leftOut: [`${code} link`] });
  });

  test('a link that a later entry would write through: nobody agrees on what that is', async () => {
    expect(await refusal(tarOf({ name: 'l', type: '2', link: '/tmp' }, { name: 'l/x', body: 'x' }))).toBe(
      'archive_invalid',
    );
    expect(await refusal(tarOf({ name: 'l', type: '2', link: '/tmp/x' }, { name: 'l', body: 'x' }))).toBe(
      'archive_invalid',
    );
    expect(await refusal(tarOf({ name: 'l', type: '2', link: '/tmp' }, { name: 'm/x', body: 'x' }))).toBe(
      'accepted',
    );
  });

  test('a name that is not UTF-8', async () => {
    const { files, leftOut } = await unpack(tarOf({ name: Buffer.from('caf\xe9', 'latin1') }, good));
    expect({ files, leftOut }).toEqual({
      files: { 'good.txt': 'good' },
      leftOut: ['name_not_text caf\ufffd'],
    });
  });

  test('a path that is too deep, or too long for a disk', async () => {
    const deep = `${'d/'.repeat(64)}x`;
    const { files, leftOut } = await unpack(
      tarOf(paxOf({ path: deep }), {}, paxOf({ path: 'n'.repeat(256) }), {}, good),
    );
    expect(Object.keys(files)).toEqual(['good.txt']);
    expect(leftOut.map((each) => each.split(' ')[0])).toEqual(['path_too_long', 'path_too_long']);
    expect(await names(tarOf(paxOf({ path: deep.slice(2) }), {}))).toHaveLength(1);
  });

  test('a file that is larger than the limit, while the rest is unpacked', async () => {
    const tar = tarOf({ name: 'large', body: 'x'.repeat(2000) }, { name: 'small', body: 'y' });
    expect(await unpack(tar, { maxFileBytes: 1999 })).toEqual({
      files: { small: 'y' },
      leftOut: ['file_too_large large'],
    });
    expect((await unpack(tar, { maxFileBytes: 2000 })).leftOut).toEqual([]);
  });
});

describe('what readers would disagree about is refused', () => {
  const file = { name: 'a', body: 'x' };
  test.each<[string, Buffer]>([
    ['a name that is there twice', tarOf(file, { ...file, body: 'y' })],
    ['a name that is there twice in other words', tarOf(file, { name: './/a' })],
    ['a file that is a folder, too', tarOf(file, { name: 'a/b' })],
    ['a folder that is a file, too', tarOf({ name: 'a/b' }, file)],
    ['a link with content', tarOf({ type: '2', body: 'hidden' })],
    ['a folder with content', tarOf({ name: 'd', type: '5', body: 'hidden' })],
    ['an unknown type', tarOf({ type: 'Z', body: 'hidden' })],
    ['two long names', tarOf({ type: 'L', body: 'one' }, paxOf({ path: 'two' }), {})],
    ['two long names, the other way round', tarOf(paxOf({ path: 'two' }), { type: 'L', body: 'one' }, {})],
    ['one name for all', tarOf({ ...paxOf({ path: 'all' }), type: 'g' }, {})],
    ['a header without an entry', tarOf(file, paxOf({ path: 'two' }))],
    ['a second archive behind the first', Buffer.concat([tarOf(file), tarOf({ name: 'b' })])],
    ['garbage behind the end', Buffer.concat([tarOf(file), Buffer.from('x')])],
    ['no end', Buffer.concat(tarParts([file]))],
    ['an end in the middle of a file', tarOf({ name: 'a', body: 'x'.repeat(2000) }).subarray(0, 1500)],
    ['an end in the middle of a header', tarOf(file).subarray(0, 1300)],
    ['a size that is none', tarOf(paxOf({ size: '-1' }), file)],
    ['a damaged pax header', tarOf({ ...paxOf({ path: 'a' }), body: '99 path=a\n' }, file)],
    ['a damaged checksum', Buffer.from(tarOf(file, { name: 'b' })).fill(0x41, 1030, 1031)],
  ])('%s', async (_, tar) => {
    expect(await refusal(tar)).toBe('archive_invalid');
  });

  test('and none of that are padding to a full record, a folder that is named twice or a comment for all', async () => {
    const comment = { ...paxOf({ comment: 'f'.repeat(40) }), type: 'g' };
    const tar = tarOf(
      comment,
      { name: 'd/', type: '5' },
      { name: 'd', type: '5' },
      { name: 'd/a', body: 'x' },
    );
    expect(await unpack(Buffer.concat([tar, Buffer.alloc(9 * 1024)]))).toEqual({
      files: { 'd/a': 'x' },
      leftOut: [],
    });
  });
});

describe('a tar that is too much', () => {
  test('of files, folders, names or bytes ends as soon as it is', async () => {
    const files = Array.from({ length: 11 }, (_, at) => ({ name: `f${at}`, body: 'xx' }));
    expect(await refusal(tarOf(...files), { maxFiles: 10 })).toBe('archive_too_large');
    expect(await refusal(tarOf(...files), { maxFiles: 11 })).toBe('accepted');
    expect(await refusal(tarOf(...files), { maxBytes: 21 })).toBe('archive_too_large');
    expect(await refusal(tarOf(...files), { maxBytes: 22 })).toBe('accepted');
    const folders = [{ name: `${'d/'.repeat(11)}x` }];
    expect(await refusal(tarOf(...folders), { maxFiles: 10 })).toBe('archive_too_large');
    const links = Array.from({ length: 31 }, (_, at) => ({ name: `l${at}`, type: '2' }));
    expect(await refusal(tarOf(...links), { maxFiles: 10 })).toBe('archive_too_large');
  });

  test('to let flow by is refused, although all of it would be left out', async () => {
    const tar = tarOf({ name: 'large', body: Buffer.alloc(100_000) });
    expect(await refusal(tar, { maxFileBytes: 10 }, 50_000)).toBe('archive_too_large');
    expect(await refusal(tar, { maxFileBytes: 10 }, 200_000)).toBe('accepted');
  });

  test('of 10,000 small files is fine', async () => {
    const files = Array.from({ length: 10_000 }, (_, at) => ({ name: `d${at % 100}/f${at}`, body: `${at}` }));
    expect(await names(tarOf(...files))).toHaveLength(10_000);
  }, 60_000);
});
