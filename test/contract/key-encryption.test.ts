import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyId } from '../../contracts/key-id.ts';
import { openKeyEncryption } from '../../services/keys/encryption/open-key-encryption.ts';
import type { KeyEncryption } from '../../services/keys/key-encryption.ts';
import { readSealedKey, sealPrivateKey, unsealPrivateKey } from '../../services/keys/sealed-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'certus-sealing-'));
const file = (name: string, content: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
};
const rsa = (modulusLength = 3072) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};
const NONE = {
  CERTUS_KEY_ENCRYPTION: undefined,
  CERTUS_VAULT_ADDRESS: undefined,
  CERTUS_VAULT_TOKEN_FILE: undefined,
  CERTUS_KMS_ENDPOINT: undefined,
  CERTUS_S3_REGION: 'eu-central-1',
};
const open = async (settings: Partial<Record<keyof typeof NONE, string>>): Promise<KeyEncryption> => {
  const encryption = await openKeyEncryption({ ...NONE, ...settings });
  if (encryption === undefined) throw new Error('none was opened');
  return encryption;
};

type Request = { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: Json };
type Json = Record<string, unknown>;
type Reply = { readonly status: number; readonly body: unknown };

/** A server of which a test says how it answers. */
async function serve(answer: (request: Request) => Reply): Promise<{ server: Server; address: string }> {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
    const reply = answer({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Encrypts as a key service does: what it gives out says nothing, and fits only the context it was made under. */
class Service {
  readonly #keys = new Map<string, Buffer>();
  trouble: Reply | undefined;
  seen: Request[] = [];

  encrypt(key: string, plain: Buffer, context: string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(key), nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }
  decrypt(key: string, sealed: Buffer, context: string): Buffer | undefined {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key(key), sealed.subarray(0, 12));
      decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(12, 28));
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
  #key(name: string): Buffer {
    const key = this.#keys.get(name) ?? randomBytes(32);
    this.#keys.set(name, key);
    return key;
  }
}

const TOKEN = 'hvs.0123456789abcdef0123456789';
const bytesOf = (value: unknown): Buffer => Buffer.from(String(value), 'base64');

const vault = new Service();
function vaultAnswer(request: Request): Reply {
  vault.seen.push(request);
  if (vault.trouble) return vault.trouble;
  if (request.headers['x-vault-token'] !== TOKEN) return { status: 403, body: { errors: ['denied'] } };
  const [, operation, key = ''] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w-]+)$/.exec(request.path) ?? [];
  if (operation === 'encrypt') {
    const sealed = vault.encrypt(key, bytesOf(request.body.plaintext), '').toString('base64');
    return { status: 200, body: { data: { ciphertext: `vault:v1:${sealed}`, key_version: 1 } } };
  }
  const plain = vault.decrypt(key, bytesOf(String(request.body.ciphertext).replace('vault:v1:', '')), '');
  if (operation === undefined || plain === undefined) return { status: 400, body: { errors: ['no'] } };
  return { status: 200, body: { data: { plaintext: plain.toString('base64') } } };
}

const kms = new Service();
function kmsAnswer(request: Request): Reply {
  kms.seen.push(request);
  if (kms.trouble) return kms.trouble;
  const { KeyId: key, EncryptionContext: context } = request.body as {
    KeyId: string;
    EncryptionContext: Json;
  };
  if (request.headers['x-amz-target'] === 'TrentService.Encrypt') {
    const sealed = kms.encrypt(key, bytesOf(request.body.Plaintext), JSON.stringify(context));
    return { status: 200, body: { KeyId: key, CiphertextBlob: sealed.toString('base64') } };
  }
  const plain = kms.decrypt(key, bytesOf(request.body.CiphertextBlob), JSON.stringify(context));
  if (plain === undefined) return { status: 400, body: { __type: 'InvalidCiphertextException' } };
  return { status: 200, body: { KeyId: key, Plaintext: plain.toString('base64') } };
}

const servers: Server[] = [];
let addresses: { vault: string; kms: string };
beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDTEST';
  process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
  const [v, k] = [await serve(vaultAnswer), await serve(kmsAnswer)];
  servers.push(v.server, k.server);
  addresses = { vault: v.address, kms: k.address };
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

const pairs = { first: rsa(), second: rsa() };
const IMPLEMENTATIONS: Record<string, (key: 'first' | 'second') => Promise<KeyEncryption>> = {
  'a file': (key) => open({ CERTUS_KEY_ENCRYPTION: file(`${key}.pem`, pairs[key].private) }),
  Vault: (key) =>
    open({
      CERTUS_KEY_ENCRYPTION: `vault:transit/${key}`,
      CERTUS_VAULT_ADDRESS: addresses.vault,
      CERTUS_VAULT_TOKEN_FILE: file('token', `${TOKEN}\n`),
    }),
  'AWS KMS': (key) =>
    open({ CERTUS_KEY_ENCRYPTION: `awskms:alias/${key}`, CERTUS_KMS_ENDPOINT: addresses.kms }),
};

const made = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const publicKeyPem = made.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const pkcs8 = made.privateKey.export({ type: 'pkcs8', format: 'der' });
const whose = { tenant: 'acme', environment: 'production', keyId: keyId(publicKeyPem) } as const;
const sealWith = (encryption: KeyEncryption) =>
  sealPrivateKey(encryption, whose, { pkcs8, publicKeyPem, algorithm: 'ecdsa-p256' });

describe.each(Object.entries(IMPLEMENTATIONS))('keys sealed with %s', (_name, openIt) => {
  test('open again, in another process, too', async () => {
    const sealed = await sealWith(await openIt('first'));
    expect(await unsealPrivateKey(await openIt('first'), whose, sealed)).toEqual(pkcs8);
  });

  test('show nothing of what is inside, and are sealed anew each time', async () => {
    const encryption = await openIt('first');
    const [one, other] = [await sealWith(encryption), await sealWith(encryption)];
    for (const sealed of [one, other]) {
      expect(Buffer.from(sealed).includes(pkcs8.subarray(40, 60).toString('base64').slice(0, 20))).toBe(
        false,
      );
      expect(readSealedKey(sealed)).toMatchObject({ tenant: 'acme', key_id: whose.keyId });
    }
    expect(readSealedKey(one).ciphertext).not.toBe(readSealedKey(other).ciphertext);
    expect(readSealedKey(one).encryption.wrapped_key).not.toBe(readSealedKey(other).encryption.wrapped_key);
  });

  test('open for nobody else, and for nothing else', async () => {
    const encryption = await openIt('first');
    const sealed = await sealWith(encryption);
    for (const other of [
      { ...whose, tenant: 'other' },
      { ...whose, environment: 'sandbox' as const },
      { ...whose, keyId: '0'.repeat(32) },
    ])
      await expect(unsealPrivateKey(encryption, other, sealed)).rejects.toMatchObject({
        code: 'key_unusable',
      });
  });

  test.each(['ciphertext', 'tag', 'nonce', 'wrapped_key'])('do not open with another %s', async (field) => {
    const encryption = await openIt('first');
    const document = readSealedKey(await sealWith(encryption));
    const flip = (text: string) => {
      const bytes = Buffer.from(text, 'base64');
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const changed =
      field === 'wrapped_key'
        ? {
            ...document,
            encryption: { ...document.encryption, wrapped_key: flip(document.encryption.wrapped_key) },
          }
        : { ...document, [field]: flip(document[field as 'tag']) };
    const bytes = Buffer.from(JSON.stringify(changed));
    await expect(unsealPrivateKey(encryption, whose, bytes)).rejects.toMatchObject({ code: 'key_unusable' });
  });

  test('say with which key: another one does not try', async () => {
    const [first, second] = [await openIt('first'), await openIt('second')];
    const sealed = await sealWith(first);
    await expect(unsealPrivateKey(second, whose, sealed)).rejects.toMatchObject({
      code: 'key_unusable',
      message: expect.stringContaining(first.id),
    });
  });
});

describe('a file', () => {
  test('with the public half seals, and opens nothing', async () => {
    const sealing = await open({ CERTUS_KEY_ENCRYPTION: file('pub.pem', pairs.first.public, 0o644) });
    const sealed = await sealWith(sealing);
    await expect(unsealPrivateKey(sealing, whose, sealed)).rejects.toMatchObject({ code: 'key_unusable' });
    expect(await unsealPrivateKey(await IMPLEMENTATIONS['a file']!('first'), whose, sealed)).toEqual(pkcs8);
  });

  test('with a new key in front still opens what the former one sealed', async () => {
    const before = await sealWith(await IMPLEMENTATIONS['a file']!('first'));
    const both = await open({
      CERTUS_KEY_ENCRYPTION: file('both.pem', `${pairs.second.private}${pairs.first.private}`),
    });
    expect(await unsealPrivateKey(both, whose, before)).toEqual(pkcs8);
    const after = await sealWith(both);
    expect(readSealedKey(after).encryption.id).toBe((await IMPLEMENTATIONS['a file']!('second')).id);
    expect(await unsealPrivateKey(both, whose, after)).toEqual(pkcs8);
  });

  test.each<[string, () => string]>([
    ['is not there', () => join(folder, 'nowhere.pem')],
    ['others can read', () => file('open.pem', pairs.first.private, 0o644)],
    ['holds no key', () => file('empty.pem', 'nothing')],
    ['holds noise', () => file('noise.pem', '-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n')],
    ['is of too short a key', () => file('short.pem', rsa(2048).private)],
  ])('that %s is refused', async (_name, make) => {
    await expect(open({ CERTUS_KEY_ENCRYPTION: make() })).rejects.toMatchObject({ code: 'key_unusable' });
  });
});

describe('a service', () => {
  const away = (code: string) => expect.objectContaining({ code });
  afterAll(() => {
    vault.trouble = undefined;
    kms.trouble = undefined;
  });

  test('is told its token anew each time, and never in an error', async () => {
    const encryption = await IMPLEMENTATIONS.Vault!('first');
    file('token', 'hvs.another-token-0123456789');
    const error = await encryption.wrap(randomBytes(32)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'key_unusable' });
    expect(String(error)).not.toContain('hvs.');
    file('token', TOKEN);
    await expect(encryption.wrap(randomBytes(32))).resolves.toBeInstanceOf(Uint8Array);
  });

  test.each<[number, unknown, string]>([
    [503, { errors: ['Vault is sealed'] }, 'dependency_unavailable'],
    [403, { errors: ['permission denied'] }, 'key_unusable'],
    [200, '<html>', 'dependency_unavailable'],
    [200, { data: {} }, 'dependency_unavailable'],
    [200, 'x'.repeat(200_000), 'dependency_unavailable'],
  ])('Vault that answers %d is no answer (%#)', async (status, body, code) => {
    const encryption = await IMPLEMENTATIONS.Vault!('first');
    vault.trouble = { status, body };
    await expect(encryption.wrap(randomBytes(32))).rejects.toEqual(away(code));
    await expect(encryption.unwrap(Buffer.from('vault:v1:AA=='))).rejects.toEqual(away(code));
    vault.trouble = undefined;
  });

  test.each<[number, string, string]>([
    [400, 'AccessDeniedException', 'key_unusable'],
    [400, 'DisabledException', 'key_unusable'],
    [500, 'KMSInternalException', 'dependency_unavailable'],
  ])('KMS that answers %d %s is no answer', async (status, __type, code) => {
    const encryption = await IMPLEMENTATIONS['AWS KMS']!('first');
    kms.trouble = { status, body: { __type } };
    await expect(encryption.wrap(randomBytes(32))).rejects.toEqual(away(code));
    kms.trouble = undefined;
  });

  test('is asked with what the key may be used for', async () => {
    await sealWith(await IMPLEMENTATIONS['AWS KMS']!('first'));
    expect(kms.seen.at(-1)?.body.EncryptionContext).toEqual({ 'certus:purpose': 'sealed-signing-key' });
  });

  test('that is gone is worth another try', async () => {
    const encryption = await open({
      CERTUS_KEY_ENCRYPTION: 'vault:transit/first',
      CERTUS_VAULT_ADDRESS: 'http://127.0.0.1:1',
      CERTUS_VAULT_TOKEN_FILE: file('token', TOKEN),
    });
    await expect(encryption.wrap(randomBytes(32))).rejects.toMatchObject({ retryable: true });
  });

  test.each(['vault:transit', 'vault:transit/../sys', 'vault:transit/a?b'])(
    'is not reached by a path such as %s',
    async (place) => {
      const settings = {
        CERTUS_VAULT_ADDRESS: addresses.vault,
        CERTUS_VAULT_TOKEN_FILE: file('token', TOKEN),
      };
      await expect(open({ CERTUS_KEY_ENCRYPTION: place, ...settings })).rejects.toMatchObject({
        code: 'key_unusable',
      });
    },
  );
});
