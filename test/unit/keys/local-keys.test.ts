import { spawn } from 'node:child_process';
import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keyId } from '../../../contracts/key-id.ts';
import { KeySet } from '../../../contracts/keys.ts';
import { openFileSigner } from '../../../services/keys/file-signer.ts';
import { ensureLocalKeys } from '../../../services/keys/local-keys.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'certus-keys-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const readKeySet = (file: string) => KeySet.parse(JSON.parse(readFileSync(file, 'utf8')));
const everyFile = () =>
  readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

describe('the keys of a local installation', () => {
  test('are made once and found ever after', async () => {
    const first = await ensureLocalKeys(home);
    const before = Object.fromEntries(
      everyFile().map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]),
    );
    expect(await ensureLocalKeys(home)).toEqual(first);
    for (const { parentPath, name } of everyFile())
      expect(readFileSync(join(parentPath, name), 'utf8')).toBe(before[name]);
  });

  test('lie each in the folder of its zone, for the owner alone', async () => {
    const keys = await ensureLocalKeys(home);
    for (const [file, zone] of [
      [keys.evidenceKeyFile, 'assurance'],
      [keys.sealing.privateKeyFile, 'assurance'],
      [keys.permitKeyFile, 'trust'],
      [keys.logKeyFile, 'trust'],
      [keys.promotionKeyFile, 'transform'],
      [keys.operatorKeyFile, 'api'],
    ] as const) {
      expect(file).toContain(join('keys', zone));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(home, 'keys', zone)).mode & 0o777).toBe(0o700);
    }
  });

  test('are trusted for one role each, and evidence for its tenant alone', async () => {
    const { keySetFile, publicKeyFiles } = await ensureLocalKeys(home);
    const { keys } = readKeySet(keySetFile);
    expect(keys.map(({ role, tenant }) => [role, tenant])).toEqual([
      ['evidence', 'default'],
      ['permit', null],
      ['log', null],
      ['promotion', null],
      ['operator', null],
    ]);
    for (const key of keys) {
      expect(readFileSync(publicKeyFiles[key.role], 'utf8')).toBe(key.public_key_pem);
      expect(key.id).toBe(keyId(key.public_key_pem));
    }
    expect(new Set(keys.map(({ id }) => id)).size).toBe(5);
  });

  test('are trusted from when they were made, however late they are first listed', async () => {
    const { keySetFile, evidenceKeyFile } = await ensureLocalKeys(home);
    const made = statSync(evidenceKeyFile).mtime.toISOString();
    rmSync(keySetFile);
    await ensureLocalKeys(home);
    expect(readKeySet(keySetFile).keys[0]?.valid_from).toBe(made);
  });

  test('that were replaced stay trusted, or what they signed could not be verified any more', async () => {
    const { keySetFile, evidenceKeyFile } = await ensureLocalKeys(home);
    const [old] = readKeySet(keySetFile).keys;
    rmSync(evidenceKeyFile);
    await ensureLocalKeys(home);
    const keys = readKeySet(keySetFile).keys.filter(({ role }) => role === 'evidence');
    expect(keys).toHaveLength(2);
    expect(keys[0]).toEqual(old);
  });

  test('a key set that cannot be read is an error and not an empty one', async () => {
    const { keySetFile } = await ensureLocalKeys(home);
    writeFileSync(keySetFile, '{"schema"');
    await expect(ensureLocalKeys(home)).rejects.toThrow();
    expect(readFileSync(keySetFile, 'utf8')).toBe('{"schema"');
  });

  test('of processes that start at once are the same ones', async () => {
    const script = `
      const { ensureLocalKeys } = await import(${JSON.stringify(resolve('services/keys/local-keys.ts'))});
      process.once('message', async () => {
        for (let round = 0; round < 5; round += 1) await ensureLocalKeys(${JSON.stringify(home)} + '/' + round);
        process.disconnect();
      });
      process.send('ready');`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { PATH: process.env.PATH },
      }),
    );
    const faults: string[] = [];
    for (const child of children) child.stderr?.on('data', (chunk) => faults.push(String(chunk)));
    await Promise.all(children.map((child) => once(child, 'message')));
    const ends = children.map((child) => once(child, 'exit'));
    for (const child of children) child.send('go');
    await Promise.all(ends);
    expect(faults.join('')).toBe('');
    for (let round = 0; round < 5; round += 1) {
      const { keySetFile, evidenceKeyFile } = await ensureLocalKeys(join(home, String(round)));
      const { keys } = readKeySet(keySetFile);
      expect(keys).toHaveLength(5);
      expect(keys[0]?.id).toBe((await openFileSigner(evidenceKeyFile)).keyId);
    }
    expect(
      everyFile().filter(
        ({ name }) => !/^(notify-secret|keys\.json|authority\.pem|\w+\.(key|pub)\.pem)$/.test(name),
      ),
    ).toEqual([]);
  });
});

describe('a private key file', () => {
  const write = (key: string, mode = 0o600) => {
    const file = join(home, 'key.pem');
    writeFileSync(file, key);
    chmodSync(file, mode);
    return file;
  };
  const pem = (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const unusable = expect.objectContaining({ code: 'key_unusable' });

  test('signs what its public key verifies', async () => {
    const signer = await openFileSigner(write(pem('prime256v1')));
    const signature = await signer.sign(Buffer.from('text'));
    expect(verify('sha256', Buffer.from('text'), signer.publicKeyPem, signature)).toBe(true);
  });

  test.each([0o644, 0o640, 0o604, 0o660, 0o610])('that others can reach (%o) is refused', async (mode) => {
    await expect(openFileSigner(write(pem('prime256v1'), mode))).rejects.toEqual(unusable);
  });

  test('that only its owner can read is not', async () => {
    await expect(openFileSigner(write(pem('prime256v1'), 0o400))).resolves.toBeDefined();
  });

  test.each(['secp384r1', 'secp256k1'])('of the curve %s is refused', async (curve) => {
    await expect(openFileSigner(write(pem(curve)))).rejects.toEqual(unusable);
  });

  test('of another kind, without any key in it, or that is not there is refused', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    await expect(openFileSigner(write(rsa))).rejects.toEqual(unusable);
    await expect(openFileSigner(write(''))).rejects.toEqual(unusable);
    await expect(openFileSigner(join(home, 'none'))).rejects.toEqual(unusable);
  });

  test('that is broken is not quoted in the error', async () => {
    const broken = pem('prime256v1').replace('END PRIVATE', 'END PRIVAT');
    const error = await openFileSigner(write(broken)).catch((reason: Error) => reason);
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain(broken.split('\n')[1]);
  });
});
