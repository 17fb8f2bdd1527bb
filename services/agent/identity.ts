import { createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dsse } from '@sigstore/core';
import { DELIVERY_TYPE } from '../../contracts/delivery.ts';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import { base64, bundleBytes } from '../../domain/custody/bundle-bytes.ts';
import { isFileError } from '../files/failure.ts';

export type IdentityFiles = { readonly ca: string; readonly certificate: string; readonly key: string };

/** Who this agent is, to the platform's door and under what it says: one certificate for both. */
export type Identity = {
  readonly ca: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly leaf: X509Certificate;
  readonly keyId: string;
  /** A Sigstore bundle v0.3 around the payload. */
  readonly seal: (payload: Uint8Array) => Buffer;
};

export async function readIdentity({ ca, certificate, key }: IdentityFiles): Promise<Identity> {
  const certificatePem = await textOf(certificate);
  const keyPem = await privateText(key);
  const leaf = parsed(certificate, () => new X509Certificate(certificatePem));
  const privateKey = parsed(key, () => createPrivateKey(keyPem));
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw unusable(`${key} is not an EC P-256 key`);
  if (!leaf.checkPrivateKey(privateKey)) throw unusable(`${key} is not the key of ${certificate}`);
  const authorities = await textOf(ca);
  parsed(ca, () => new X509Certificate(authorities));
  const id = keyId(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString());
  return {
    ...{ ca: authorities, certificatePem, keyPem, leaf, keyId: id },
    seal: (payload) => sealed(payload, privateKey, { keyId: id, certificate: leaf.raw }),
  };
}

function sealed(payload: Uint8Array, key: KeyObject, signer: Parameters<typeof bundleBytes>[0]): Buffer {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const signature = sign('sha256', dsse.preAuthEncoding(DELIVERY_TYPE, bytes), key);
  const envelope = {
    payload: base64(bytes),
    payloadType: DELIVERY_TYPE,
    signatures: [{ sig: base64(signature) }],
  };
  return Buffer.from(bundleBytes(signer, { dsseEnvelope: envelope }));
}

const MAX_FILE = 1024 * 1024;

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isFileError(error)) throw unusable(`${file} cannot be read: ${error.code}`);
    throw error;
  });
  if (bytes.length > MAX_FILE) throw unusable(`${file} is too large`);
  return bytes.toString('utf8');
}

async function privateText(file: string): Promise<string> {
  const handle = await open(file).catch((error: unknown) => {
    if (isFileError(error)) throw unusable(`${file} cannot be read: ${error.code}`);
    throw error;
  });
  try {
    const { mode, size } = await handle.stat();
    if ((mode & 0o077) !== 0) throw unusable(`${file} can be read by others; run: chmod 600 ${file}`);
    if (size > MAX_FILE) throw unusable(`${file} is too large`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** The parser's own error may quote the file, so it is not passed on. */
function parsed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw unusable(`${file} is not what it should be, in PEM`);
  }
}

const unusable = (why: string): CertusError => new CertusError('key_unusable', why);
