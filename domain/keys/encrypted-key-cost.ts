import { ASN1Obj } from '@sigstore/core';
import { CertusError } from '../../contracts/errors.ts';

/**
 * An encrypted key says itself how much work its passphrase takes. One that says "for hours" would stop whoever opens it,
 * so what it says is read first.
 */
export function requireAffordable(pem: string): void {
  const derivation = derivationOf(pem);
  if (derivation === undefined)
    throw refused('it is encrypted in a way that is not used here: take PKCS#8 with PBES2');
  const { name, numbers } = derivation;
  const work = name === PBKDF2 ? (numbers[0] ?? 0n) : numbers.slice(0, 3).reduce((a, b) => a * b, 1n);
  const limit = name === PBKDF2 ? MAX_ITERATIONS : MAX_SCRYPT;
  if (work < 1n || work > limit) throw refused('opening it would take too much work');
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
/** About a second on slow hardware. */
const MAX_ITERATIONS = 1_000_000n;
const MAX_SCRYPT = 2n ** 20n;

/** EncryptedPrivateKeyInfo > AlgorithmIdentifier > PBES2-params > keyDerivationFunc (RFC 5958, RFC 8018, RFC 7914). */
function derivationOf(pem: string): { name: string; numbers: bigint[] } | undefined {
  try {
    const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    const scheme = ASN1Obj.parseBuffer(der).subs[0];
    if (scheme?.subs[0]?.toOID() !== PBES2) return undefined;
    const derivation = scheme.subs[1]?.subs[0];
    const name = derivation?.subs[0]?.toOID();
    if (name !== PBKDF2 && name !== SCRYPT) return undefined;
    const numbers = derivation?.subs[1]?.subs.filter(({ tag }) => tag.isInteger());
    return { name, numbers: (numbers ?? []).map((number) => number.toInteger()) };
  } catch {
    return undefined; // not even DER
  }
}

const refused = (why: string): CertusError =>
  new CertusError('invalid_request', `private_key_pem: ${why}`, {
    fields: [{ path: 'private_key_pem', message: why }],
  });
