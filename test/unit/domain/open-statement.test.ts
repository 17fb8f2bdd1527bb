import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { dsse } from '@sigstore/core';
import { BUNDLE } from '../../../contracts/bundle.ts';
import type { KeyRole, KeySet } from '../../../contracts/keys.ts';
import { PAYLOAD_TYPE, PermitStatement, ProvenanceStatement } from '../../../contracts/statements.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import {
  FINISHED,
  KEY_SET,
  KEYS,
  makeGolden,
  refusal,
  statementOf,
  type TestKey,
  tampered,
} from './custody-fixture.ts';

let provenance: object;
let sealed: Uint8Array;
let permit: Uint8Array;

beforeAll(async () => {
  const golden = await makeGolden();
  provenance = golden.provenance;
  sealed = statementOf(golden, BUNDLE.provenance);
  permit = statementOf(golden, BUNDLE.permit);
});

const open = (
  bytes: Uint8Array,
  { role = 'evidence' as KeyRole, tenant = 'acme', keySet = KEY_SET, madeAt = FINISHED } = {},
) => openStatement(bytes, { schema: ProvenanceStatement, role, tenant, keySet, madeAt: () => madeAt });

/** A Sigstore bundle of any payload, signed as it should be. */
async function sealRaw(
  payload: string,
  { signer }: TestKey,
  payloadType = PAYLOAD_TYPE,
): Promise<Uint8Array> {
  const bytes = Buffer.from(payload);
  const sig = Buffer.from(await signer.sign(dsse.preAuthEncoding(payloadType, bytes))).toString('base64');
  return tampered(sealed, ({ dsseEnvelope, verificationMaterial }) => {
    dsseEnvelope.payload = bytes.toString('base64');
    dsseEnvelope.payloadType = payloadType;
    dsseEnvelope.signatures = [{ sig, keyid: '' }];
    verificationMaterial.publicKey.hint = signer.keyId;
  });
}

test('what was sealed opens, and names the key that sealed it', () => {
  const { statement, key } = open(sealed);
  expect(statement).toEqual(provenance);
  expect(key.id).toBe(KEYS.evidence.signer.keyId);
});

test('the key id of the envelope is blank, or cosign would pass over the signature', () => {
  const { dsseEnvelope } = JSON.parse(Buffer.from(sealed).toString('utf8'));
  expect(dsseEnvelope.signatures).toEqual([{ sig: expect.any(String) }]);
});

describe('a signer is refused', () => {
  test('whose key is trusted for another role', async () => {
    const byPermitKey = await sealStatement(provenance, KEYS.permit.signer);
    expect(refusal(() => open(byPermitKey))).toBe('untrusted_signer');
    expect(open(byPermitKey, { role: 'permit' }).key.role).toBe('permit');
  });

  test('whose key belongs to another tenant', async () => {
    const byOther = await sealStatement(provenance, KEYS.otherTenant.signer);
    expect(refusal(() => open(byOther))).toBe('untrusted_signer');
    expect(open(byOther, { tenant: 'globex' }).key.tenant).toBe('globex');
  });

  test('nobody has heard of', async () => {
    const byStranger = await sealStatement(provenance, KEYS.stranger.signer);
    expect(refusal(() => open(byStranger))).toBe('untrusted_signer');
    const keySet: KeySet = { ...KEY_SET, keys: [...KEY_SET.keys, KEYS.stranger.trusted] };
    expect(open(byStranger, { keySet }).key.id).toBe(KEYS.stranger.signer.keyId);
  });

  test('who names a trusted key without holding it', async () => {
    const impostor = await sealStatement(provenance, {
      ...KEYS.stranger.signer,
      keyId: KEYS.evidence.signer.keyId,
    });
    expect(refusal(() => open(impostor))).toBe('signature_invalid');
  });

  test('who names no key at all', () => {
    const anonymous = tampered(sealed, ({ verificationMaterial }) => {
      verificationMaterial.publicKey.hint = '';
    });
    expect(refusal(() => open(anonymous))).toBe('untrusted_signer');
  });

  test.each([
    ['before it became valid', '2025-12-31T23:59:59.999Z', 'key_not_valid_then'],
    ['from the moment it is valid', '2026-01-01T00:00:00.000Z', 'accepted'],
    ['until just before its end', '2026-12-31T23:59:59.999Z', 'accepted'],
    ['at its end', '2027-01-01T00:00:00.000Z', 'key_not_valid_then'],
  ])('whose key was used %s: %s', (_, madeAt, outcome) => {
    expect(refusal(() => open(sealed, { madeAt }))).toBe(outcome);
  });

  test('never for the age of a key without end', () => {
    const keySet: KeySet = { ...KEY_SET, keys: [{ ...KEYS.evidence.trusted, valid_until: null }] };
    expect(refusal(() => open(sealed, { keySet, madeAt: '2099-01-01T00:00:00.000Z' }))).toBe('accepted');
  });
});

describe('an envelope is refused', () => {
  test('when its payload was changed', () => {
    const forged = tampered(sealed, ({ dsseEnvelope }) => {
      const text = Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8').replace('"shop"', '"shoq"');
      dsseEnvelope.payload = Buffer.from(text).toString('base64');
    });
    expect(refusal(() => open(forged))).toBe('signature_invalid');
  });

  test('when its signature was changed', () => {
    const forged = tampered(sealed, ({ dsseEnvelope: { signatures } }) => {
      const sig = Buffer.from(signatures[0]?.sig ?? '', 'base64');
      sig.writeUInt8(sig.readUInt8(sig.length - 1) ^ 1, sig.length - 1);
      signatures[0] = { sig: sig.toString('base64'), keyid: '' };
    });
    expect(refusal(() => open(forged))).toBe('signature_invalid');
  });

  test.each([
    ['empty', ''],
    ['no signature', Buffer.from('never').toString('base64')],
  ])('when its signature is %s', (_, sig) => {
    const forged = tampered(sealed, ({ dsseEnvelope }) => {
      dsseEnvelope.signatures = [{ sig, keyid: '' }];
    });
    expect(['signature_invalid', 'malformed']).toContain(refusal(() => open(forged)));
  });

  test('when it carries two signatures, even two good ones', async () => {
    const [one, two] = [sealed, await sealStatement(provenance, KEYS.evidence.signer)];
    const second = JSON.parse(Buffer.from(two).toString('utf8')).dsseEnvelope.signatures[0];
    const double = tampered(one, ({ dsseEnvelope }) => dsseEnvelope.signatures.push(second));
    expect(refusal(() => open(double))).toBe('malformed');
  });

  test('when it carries none', () => {
    const bare = tampered(sealed, ({ dsseEnvelope }) => {
      dsseEnvelope.signatures = [];
    });
    expect(refusal(() => open(bare))).toBe('malformed');
  });

  test('when it was signed as another kind of payload', async () => {
    const other = await sealRaw(JSON.stringify(provenance), KEYS.evidence, 'application/json');
    expect(refusal(() => open(other))).toBe('malformed');
    expect(
      refusal(() => open(tampered(other, (bundle) => (bundle.dsseEnvelope.payloadType = PAYLOAD_TYPE)))),
    ).toBe('signature_invalid');
  });

  test('when it is no DSSE envelope but a signature over a blob', () => {
    const blob = JSON.parse(Buffer.from(sealed).toString('utf8'));
    delete blob.dsseEnvelope;
    blob.messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' };
    expect(refusal(() => open(Buffer.from(JSON.stringify(blob))))).toBe('malformed');
  });

  test.each([
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.dev.sigstore.bundle+json;version=0.3',
    'application/vnd.dev.sigstore.bundle.v0.4+json',
  ])('when it says to be %s', (mediaType) => {
    expect(refusal(() => open(tampered(sealed, (bundle) => (bundle.mediaType = mediaType))))).toBe(
      'malformed',
    );
  });

  test('when it carries timestamps, garbage or not: nobody here checks them', () => {
    const stamped = tampered(sealed, ({ verificationMaterial }) => {
      verificationMaterial.timestampVerificationData = {
        rfc3161Timestamps: [{ signedTimestamp: Buffer.from('garbage').toString('base64') }],
      };
    });
    expect(refusal(() => open(stamped))).toBe('malformed');
  });

  test('when it carries an entry of a transparency log', () => {
    const proof = {
      logIndex: '1',
      rootHash: 'AAAA',
      treeSize: '2',
      hashes: [],
      checkpoint: { envelope: 'x' },
    };
    const logged = tampered(sealed, ({ verificationMaterial }) => {
      verificationMaterial.tlogEntries = [
        {
          logIndex: '1',
          logId: { keyId: 'AAAA' },
          kindVersion: { kind: 'dsse', version: '0.0.1' },
          integratedTime: '1',
          inclusionProof: proof,
          canonicalizedBody: 'AAAA',
        },
      ];
    });
    expect(refusal(() => open(logged))).toBe('malformed');
  });

  test('when it says anything twice, or something that nobody knows', () => {
    const text = Buffer.from(sealed).toString('utf8');
    for (const key of ['mediaType', 'dsseEnvelope', 'payload', 'sig', 'hint', 'verificationMaterial']) {
      const twice = text.replace(`"${key}":`, `"${key}":null,"${key}":`);
      expect([key, refusal(() => open(Buffer.from(twice)))]).toEqual([key, 'malformed']);
      const more = text.replace(`"${key}":`, `"${key}_":null,"${key}":`);
      expect([key, refusal(() => open(Buffer.from(more)))]).toEqual([key, 'malformed']);
    }
  });

  test('when its base64 is read by some and not by others', () => {
    for (const other of [' ', '\n', '=', '-'])
      for (const part of ['payload', 'sig'] as const) {
        const loose = tampered(sealed, ({ dsseEnvelope }) => {
          const [signature] = dsseEnvelope.signatures;
          if (part === 'payload') dsseEnvelope.payload += other;
          else if (signature) signature.sig += other;
        });
        expect([part, other, refusal(() => open(loose))]).toEqual([part, other, 'malformed']);
      }
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
  ])('when it is %s', (_, text) => {
    expect(refusal(() => open(Buffer.from(text)))).toBe('malformed');
  });
});

describe('a payload with a good signature is refused', () => {
  test('when it is a statement of another predicate', async () => {
    const other = await sealRaw(
      JSON.stringify({ ...provenance, predicateType: 'https://example.org/x' }),
      KEYS.evidence,
    );
    expect(refusal(() => open(other))).toBe('wrong_predicate');
    expect(refusal(() => open(permit, { role: 'permit' }))).toBe('wrong_predicate');
  });

  test.each([
    ['not JSON', 'never'],
    ['without subjects', JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject: [] })],
    ['null', 'null'],
  ])('when it is %s', async (_, payload) => {
    const bytes = await sealRaw(payload, KEYS.evidence);
    expect(['malformed', 'wrong_predicate']).toContain(refusal(() => open(bytes)));
  });

  test('when it says something twice: verifiers would see one or the other', async () => {
    const text = JSON.stringify(provenance);
    for (const key of ['predicateType', 'subject', 'tenant', 'finishedOn']) {
      expect(text).toContain(`"${key}":`);
      const twice = await sealRaw(text.replace(`"${key}":`, `"${key}":null,"${key}":`), KEYS.evidence);
      expect([key, refusal(() => open(twice))]).toEqual([key, 'malformed']);
    }
  });

  test('when a date in it is none', async () => {
    const { predicate } = provenance as ProvenanceStatement;
    const runDetails = {
      ...predicate.runDetails,
      metadata: { ...predicate.runDetails.metadata, finishedOn: 'never' },
    };
    const bytes = await sealRaw(
      JSON.stringify({ ...provenance, predicate: { ...predicate, runDetails } }),
      KEYS.evidence,
    );
    expect(refusal(() => open(bytes))).toBe('malformed');
  });

  test('whatever the schema of another kind makes of it', () => {
    const act = () =>
      openStatement(permit, {
        schema: PermitStatement,
        role: 'evidence',
        tenant: 'acme',
        keySet: KEY_SET,
        madeAt: () => FINISHED,
      });
    expect(refusal(act)).toBe('untrusted_signer');
  });
});

test('a trusted key that is none verifies nothing', () => {
  const public_key_pem = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n';
  const keySet: KeySet = { ...KEY_SET, keys: [{ ...KEYS.evidence.trusted, public_key_pem }] };
  expect(refusal(() => open(sealed, { keySet }))).toBe('signature_invalid');
});

test('a key of another curve than the trusted one cannot stand in', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const signer = {
    keyId: KEYS.evidence.signer.keyId,
    sign: async (bytes: Uint8Array) => sign('sha256', bytes, privateKey),
  };
  const sealedByOther = await sealStatement(provenance, signer);
  expect(refusal(() => open(sealedByOther))).toBe('signature_invalid');
});
