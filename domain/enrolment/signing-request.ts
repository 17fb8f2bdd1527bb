import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509';
import { CertusError } from '../../contracts/errors.ts';
import { keyId } from '../../contracts/key-id.ts';
import type { Environment } from '../../contracts/keys.ts';
import { algorithmOf } from '../keys/key-algorithm.ts';

export type SigningRequest = { readonly keyId: string; readonly publicKeyPem: string };
type Whose = { readonly tenant: string; readonly environment: Environment };

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/**
 * What counts of a signing request is its key, and that whoever made it holds the private half. Names come from us. A
 * request for other names or powers is refused, not trimmed: who asked must not think that they were granted.
 */
export async function readSigningRequest(pem: string, whose: Whose): Promise<SigningRequest> {
  const request = parse(pem);
  const key = publicKeyOf(request);
  // refuses a weak key, and an oversized one before its signature is checked: that would be expensive
  algorithmOf(key);
  if (!(await holds(request))) throw invalid('its signature does not hold under its own key');
  requireOwnNames(request, whose);
  for (const { type } of request.attributes)
    if (type !== EXTENSION_REQUEST) throw invalid(`it carries the attribute ${type}`);
  for (const extension of request.extensions) requireHarmless(extension);
  const publicKeyPem = key.export({ type: 'spki', format: 'pem' }).toString();
  return { keyId: keyId(publicKeyPem), publicKeyPem };
}

const ARMOUR =
  /^-----BEGIN CERTIFICATE REQUEST-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----\s*$/;

function parse(pem: string): Pkcs10CertificateRequest {
  const der = Buffer.from(ARMOUR.exec(pem)?.[1] ?? '', 'base64');
  if (der.length === 0) throw invalid('it is not one certificate signing request in PEM');
  try {
    return new Pkcs10CertificateRequest(der);
  } catch {
    throw invalid('it is not a PKCS#10 certificate signing request');
  }
}

function publicKeyOf(request: Pkcs10CertificateRequest): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  } catch {
    throw invalid('it carries no public key that can be used');
  }
}

/** With the hashes of today only: under a broken one the request may be somebody else's. */
async function holds(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    const { name, hash } = request.signatureAlgorithm as { name: string; hash?: { name: string } };
    const modern = name === 'Ed25519' || ['SHA-256', 'SHA-384', 'SHA-512'].includes(hash?.name ?? '');
    return modern && (await request.verify());
  } catch {
    return false;
  }
}

/** No name, or the one that the certificate gets anyway. */
function requireOwnNames({ subjectName }: Pkcs10CertificateRequest, { tenant, environment }: Whose): void {
  const ours: Readonly<Record<string, string>> = { CN: tenant, O: tenant, OU: environment };
  for (const part of subjectName.toJSON())
    for (const [kind, values] of Object.entries(part))
      for (const value of values)
        if (!Object.hasOwn(ours, kind) || ours[kind] !== value)
          throw invalid(`it asks for a name that is not its own (${kind})`);
}

function requireHarmless(extension: Extension): void {
  const harmless =
    (extension instanceof BasicConstraintsExtension && !extension.ca) ||
    (extension instanceof KeyUsagesExtension && extension.usages === KeyUsageFlags.digitalSignature) ||
    (extension instanceof ExtendedKeyUsageExtension &&
      extension.usages.every((usage) => usage === CODE_SIGNING)) ||
    extension instanceof SubjectKeyIdentifierExtension;
  if (!harmless) throw invalid(`it asks for what it cannot get (extension ${extension.type})`);
}

const invalid = (why: string): CertusError =>
  new CertusError('signing_request_invalid', `the signing request is not accepted: ${why}`);
