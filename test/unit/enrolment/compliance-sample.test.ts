import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { keyId } from '../../../contracts/key-id.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { checkSample, sampleStatement } from '../../../domain/enrolment/compliance-sample.ts';
import { challengeOf, enrolmentId } from '../../../domain/enrolment/enrolment-id.ts';
import { signWithKey } from '../../../domain/sigstore/key-hash.ts';
import { type Newcomer, newcomer } from './requests.ts';

const ORDER = `order_${'1'.repeat(32)}`;
let who: Newcomer;
let stranger: Newcomer;
beforeAll(async () => {
  who = await newcomer();
  stranger = await newcomer();
});

const expected = (orderId = ORDER) => ({
  enrolmentId: enrolmentId(orderId),
  keyId: who.applicant.keyId,
  environment: 'production' as const,
  challenge: challengeOf(orderId, who.applicant.keyId),
});
const sealed = async (statement: object, by: Newcomer = who) =>
  Buffer.from(await sealStatement(statement, by.signer)).toString('utf8');
const check = (sample: string) => checkSample(sample, who.applicant.publicKeyPem, expected());

test('the right statement under the right key is accepted', async () => {
  const sample = await sealed(sampleStatement(expected()));
  expect(() => check(sample)).not.toThrow();
});

test.each([
  ['EC P-384', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 3072 })],
])('so it is under a key of the kind %s', async (_kind, make) => {
  const [mine, other] = [make(), make()];
  const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
  const signer = {
    keyId: keyId(pem(mine.publicKey)),
    sign: async (b: Uint8Array) => signWithKey(mine.privateKey, b),
  };
  const sample = Buffer.from(await sealStatement(sampleStatement(expected()), signer)).toString('utf8');
  expect(() => checkSample(sample, pem(mine.publicKey), expected())).not.toThrow();
  expect(() => checkSample(sample, pem(other.publicKey), expected())).toThrow(/does not hold/);
});

describe('refused is', () => {
  const refused = expect.objectContaining({ code: 'sample_invalid' });

  test('a sample by another key, also when it names the right one', async () => {
    const disguised = { ...stranger, signer: { ...stranger.signer, keyId: who.applicant.keyId } };
    for (const by of [stranger, disguised]) {
      const sample = await sealed(sampleStatement(expected()), by);
      expect(() => check(sample)).toThrow(refused);
    }
  });

  test('a sample of another enrolment', async () => {
    const sample = await sealed(sampleStatement(expected(`order_${'2'.repeat(32)}`)));
    expect(() => check(sample)).toThrow(refused);
  });

  test.each([
    ['another challenge', { challenge: 'f'.repeat(64) }],
    ['another environment', { environment: 'sandbox' }],
    ['another key', { key_id: 'f'.repeat(32) }],
    ['a field more', { note: 'hello' }],
  ])('%s in the statement', async (_what, change) => {
    const statement = sampleStatement(expected());
    const sample = await sealed({ ...statement, predicate: { ...statement.predicate, ...change } });
    expect(() => check(sample)).toThrow(refused);
  });

  test('a statement of another kind', async () => {
    const statement = { ...sampleStatement(expected()), predicateType: 'https://certus.dev/order/v1' };
    const sample = await sealed(statement);
    expect(() => check(sample)).toThrow(refused);
  });

  test('a payload that was changed after it was signed', async () => {
    const bundle = JSON.parse(await sealed(sampleStatement(expected('order_x'))));
    const other = JSON.parse(await sealed(sampleStatement(expected())));
    bundle.dsseEnvelope.payload = other.dsseEnvelope.payload;
    expect(() => check(JSON.stringify(bundle))).toThrow(refused);
    expect(() => check(JSON.stringify(other))).not.toThrow();
  });

  test.each(['', '{}', 'null', '[]', '{"dsseEnvelope":{}}', '{'])('%j', (text) => {
    expect(() => check(text)).toThrow(refused);
  });
});

test('the challenge is another one for every order and every key', () => {
  expect(challengeOf(ORDER, 'a')).not.toBe(challengeOf(ORDER, 'b'));
  expect(challengeOf(ORDER, 'a')).not.toBe(challengeOf(`${ORDER}0`, 'a'));
});
