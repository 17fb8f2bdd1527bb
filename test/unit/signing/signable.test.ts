import { describe, expect, test } from '@jest/globals';
import { dsse } from '@sigstore/core';
import { canonicalJson } from '../../../contracts/canonical-json.ts';
import { SignRequest } from '../../../contracts/signing.ts';
import { PAYLOAD_TYPE, PREDICATE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openSignature } from '../../../domain/custody/open-signature.ts';
import { sealMessage } from '../../../domain/custody/seal-message.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { requestedItems } from '../../../domain/custody/signable.ts';
import { refusal } from '../domain/custody-fixture.ts';
import { CONTENT, keySetOf, NOW, signingKey, statement, TENANT, TYPE } from './signing-fixture.ts';

const items = (request: unknown) => requestedItems(SignRequest.parse(request));
const one = (item: unknown) => items({ items: [item] });
const message = (text: string) => one({ name: 'f', artifact: Buffer.from(text).toString('base64') });

describe('a request of old', () => {
  const old = { artifact_type: 'text/plain', subject: 'release.txt' };

  test('with content asks for a signature over the content', () => {
    const artifact = CONTENT.toString('base64');
    expect(items({ ...old, artifact })).toEqual([
      { kind: 'message', name: 'release.txt', content: artifact },
    ]);
  });

  test.each([CONTENT.toString('base64'), `sha256:${sha256(CONTENT)}`])(
    'with predicates asks for a statement each, about the digest of %s',
    (artifact) => {
      const asked = items({ ...old, artifact, predicates: { [TYPE]: { a: 1 }, 'urn:other': {} } });
      expect(asked).toMatchObject([
        {
          kind: 'statement',
          statement: {
            subject: [{ name: 'release.txt', digest: { sha256: sha256(CONTENT) } }],
            predicateType: TYPE,
            predicate: { a: 1 },
          },
        },
        { statement: { predicateType: 'urn:other' } },
      ]);
    },
  );

  test('with a digest alone says nothing that could be signed', () => {
    expect(refusal(() => items({ ...old, artifact: `sha256:${'a'.repeat(64)}` }))).toBe('statement_invalid');
  });
});

describe('what Certus says of its own acts', () => {
  test.each(Object.values(PREDICATE).filter((type) => type !== PREDICATE.endorsement))(
    'is not signed on request: %s',
    (predicateType) => {
      expect(refusal(() => one({ statement: statement({ predicateType }) }))).toBe('statement_invalid');
    },
  );

  test('nor what it may come to say', () => {
    const predicateType = 'HTTPS://certus.dev/anything/v9';
    expect(refusal(() => one({ statement: statement({ predicateType }) }))).toBe('statement_invalid');
  });

  test('but an endorsement is, and what others say', () => {
    for (const predicateType of [PREDICATE.endorsement, TYPE, 'https://spdx.dev/Document'])
      expect(one({ statement: statement({ predicateType }) })).toHaveLength(1);
  });
});

describe('content that is an envelope in disguise', () => {
  const key = signingKey('P-256');
  const forged = statement({ predicateType: PREDICATE.provenance });
  const encoded = dsse.preAuthEncoding(PAYLOAD_TYPE, Buffer.from(canonicalJson(forged)));

  test('would, once signed, be a statement that nobody has looked at', async () => {
    const bundle = JSON.parse(Buffer.from(await sealMessage(encoded, key.signer)).toString());
    const envelope = JSON.parse(
      Buffer.from(await sealStatement(forged, signingKey('P-256').signer)).toString(),
    );
    envelope.verificationMaterial = bundle.verificationMaterial;
    envelope.dsseEnvelope.signatures[0].sig = bundle.messageSignature.signature;
    const expected = { keySet: keySetOf(key), role: 'evidence', tenant: TENANT, at: NOW } as const;
    expect(openSignature(Buffer.from(JSON.stringify(envelope)), expected)).toMatchObject({
      kind: 'statement',
      predicateType: PREDICATE.provenance,
    });
  });

  test('and is refused', () => {
    expect(refusal(() => message(encoded.toString()))).toBe('statement_invalid');
    expect(message('DSSE is a format')).toHaveLength(1);
    expect(message('')).toHaveLength(1);
  });
});
