import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readBundleFolder } from '../../../cli/bundle-folder.ts';
import { readEvidenceKey, readKeySet } from '../../../cli/trusted-keys.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { KEY_SET } from '../domain/custody-fixture.ts';

let folder: string;
const limits = { files: 10, depth: 3, indexBytes: 100, statementBytes: 100, totalBytes: 1000 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certus-bundle-'));
  mkdirSync(join(folder, 'statements'));
  writeFileSync(join(folder, 'bundle.json'), '{}');
  writeFileSync(join(folder, 'scan.json'), 'scan');
  writeFileSync(join(folder, 'statements', 'provenance.sigstore.json'), 'signed');
});

test('index, statements and the digests of everything else are read', async () => {
  const { indexBytes, statements, files } = await readBundleFolder(folder);
  expect(Buffer.from(indexBytes).toString()).toBe('{}');
  expect([...statements.keys()]).toEqual(['statements/provenance.sigstore.json']);
  const sha256 = createHash('sha256').update('scan').digest('hex');
  expect([...files]).toEqual([['scan.json', { sha256, size: 4 }]]);
});

test('documents are read however deep they lie', async () => {
  const deep = join('documents', ...Array.from({ length: 340 }, () => 'a'));
  mkdirSync(join(folder, deep), { recursive: true });
  writeFileSync(join(folder, deep, 'b.txt'), 'deep');
  const { files } = await readBundleFolder(folder);
  expect(files.get(join(deep, 'b.txt'))?.size).toBe(4);
});

describe('a hostile folder is refused', () => {
  const refused = (why: RegExp, how = limits) =>
    expect(readBundleFolder(folder, how)).rejects.toMatchObject({
      code: 'bundle_invalid',
      exitCode: 65,
      message: expect.stringMatching(why),
    });

  test('a link, also to a file beside it', async () => {
    symlinkSync(join(folder, 'scan.json'), join(folder, 'link.json'));
    await refused(/neither a file nor a folder/);
  });

  test('a link to a folder', async () => {
    symlinkSync('/etc', join(folder, 'etc'));
    await refused(/neither a file nor a folder/);
  });

  test('a pipe, which would be waited for forever', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await refused(/neither a file nor a folder/);
  });

  test('too many files', async () => {
    for (let n = 0; n < 10; n += 1) writeFileSync(join(folder, `f${n}`), '');
    await refused(/too many/);
  });

  test('too many bytes', async () => {
    writeFileSync(join(folder, 'large'), Buffer.alloc(2000));
    await refused(/too large/);
  });

  test('an index or a statement without end', async () => {
    writeFileSync(join(folder, 'bundle.json'), Buffer.alloc(101));
    await refused(/larger than 100/);
    writeFileSync(join(folder, 'bundle.json'), '{}');
    writeFileSync(join(folder, 'statements', 'x'), Buffer.alloc(101));
    await refused(/larger than 100/);
  });

  test('folders without end', async () => {
    mkdirSync(join(folder, 'a/b/c/d'), { recursive: true });
    await refused(/nested/);
  });
});

test('what is no bundle is said', async () => {
  await expect(readBundleFolder(join(folder, 'missing'))).rejects.toMatchObject({ exitCode: 66 });
  await expect(readBundleFolder(join(folder, 'statements'))).rejects.toMatchObject({
    code: 'bundle_invalid',
  });
});

describe('trusted keys', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const file = (content: string) => {
    const path = join(folder, 'key');
    writeFileSync(path, content);
    return path;
  };

  test('one key is trusted for evidence and for nothing else, under the name signers give it', async () => {
    const keySet = await readEvidenceKey(file(pem));
    expect(keySet.keys.map(({ role }) => role)).toEqual(['evidence']);
    for (const { id } of keySet.keys) expect(id).toBe(keyId(pem));
  });

  test('a key set is read', async () => {
    expect(await readKeySet(file(JSON.stringify(KEY_SET)))).toEqual(KEY_SET);
  });

  test('a key set that contradicts itself is refused, and the answer says where', async () => {
    const keySet = await readEvidenceKey(file(pem));
    await expect(readKeySet(file(JSON.stringify(keySet)))).rejects.toMatchObject({
      code: 'key_unusable',
      message: expect.stringContaining('keys.0: a key for evidence belongs to a tenant'),
    });
  });

  test('a private key, and anything else, is refused', async () => {
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const content of [secret, '', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n']) {
      await expect(readEvidenceKey(file(content))).rejects.toMatchObject({
        code: 'key_unusable',
        exitCode: 65,
      });
    }
    await expect(readKeySet(file('{"keys":[]}'))).rejects.toMatchObject({ code: 'key_unusable' });
    await expect(readKeySet(join(folder, 'none'))).rejects.toMatchObject({ code: 'key_unusable' });
  });
});
