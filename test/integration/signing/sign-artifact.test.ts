// needs: postgres, temporal
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE, type BundleIndex } from '../../../contracts/bundle.ts';
import { goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import { VerificationStatement } from '../../../contracts/signing.ts';
import { checkPermit } from '../../../domain/custody/check-permit.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import { bytesOf, makeIndex, provenanceOf, refusal } from '../../unit/domain/custody-fixture.ts';
import { signingKey } from '../../unit/signing/signing-fixture.ts';
import { type Signing, startSigning } from './signing-harness.ts';

const MINUTE = 60_000;
let its: Signing;
beforeAll(async () => {
  its = await startSigning();
}, MINUTE);
afterAll(() => its?.close(), MINUTE);

const TEXTS: Readonly<Record<string, string>> = { 'findings.json': 'findings', 'scan.json': 'scan' };
let nth = 0;

type Scan = { readonly testId: string; readonly index: BundleIndex; readonly provenance: Uint8Array };
const scope = () => ({ tenant: its.tenant, workspace: 'web' });

/** A scan whose evidence lies in raw, signed by the tenant unless somebody else is named. */
async function scan(signer = its.evidence.signer): Promise<Scan> {
  nth += 1;
  const testId = `test_${String(nth).padStart(12, '0')}`;
  const index = makeIndex({ tenant: its.tenant, test_id: testId });
  const provenance = await sealStatement(provenanceOf(index), signer);
  await put(its.raw, rawPrefix(scope(), testId), { index, provenance });
  return { testId, index, provenance };
}

async function put(
  bucket: Bucket,
  prefix: string,
  { index, provenance }: Omit<Scan, 'testId'>,
): Promise<void> {
  const files = { ...TEXTS, [BUNDLE.index]: bytesOf(index), [BUNDLE.provenance]: provenance };
  for (const [path, bytes] of Object.entries(files))
    await bucket.put(`${prefix}${path}`, Buffer.from(bytes), { contentType: 'application/json' });
}

const pushed = async ({ testId, index }: Scan, findings = 'findings') => {
  const texts = { ...TEXTS, 'findings.json': findings, [BUNDLE.index]: bytesOf(index) };
  const { digest } = await pushArtifact(its.registry, {
    repository: `certus/${its.tenant}/web/shop`,
    tag: testId,
    artifactType: 'application/vnd.certus.bundle.v1+json',
    files: Object.entries(texts).map(([name, text]) => ({
      name,
      mediaType: 'text/plain',
      bytes: Buffer.from(text),
    })),
  });
  return `registry.example/certus/${its.tenant}/web/shop:${testId}@${digest}`;
};

const ask = (testId: string, more: object = {}, asking: { tenant?: string; key?: string } = {}) =>
  its.ask(
    'POST',
    '/v1/sign-artifact',
    { workspace_id: 'web', assessment_metadata: { scan_id: testId }, ...more },
    asking,
  );
const nothingSigned = () => its.database.client.signature.count({ where: { tenant: its.tenant } });

describe('a scan that holds', () => {
  test('is signed by Trust, in the words of old', async () => {
    const { testId, index } = await scan();
    const { status, json } = await ask(testId);
    expect(status).toBe(201);
    expect(json).toMatchObject({
      status: 'signed',
      assessment_id: 'default',
      outer_signature: {
        signer: its.permit.trusted.id,
        signature: json.bundle.dsseEnvelope.signatures[0].sig,
      },
      verification_proof: {
        inner_signatures_verified: true,
        artifact_locations_valid: null,
        both_locations_identical: null,
      },
    });
    const { statement } = openStatement(Buffer.from(JSON.stringify(json.bundle)), {
      schema: VerificationStatement,
      role: 'permit',
      tenant: its.tenant,
      keySet: its.keySet,
      madeAt: ({ predicate }) => predicate.timeVerified,
    });
    expect(statement.subject).toEqual([{ name: BUNDLE.index, digest: { sha256: sha256(bytesOf(index)) } }]);
    expect(await its.reader.entry(json.outer_signature.sigstore_entry_id)).toMatchObject({
      entry: { kind: 'signature' },
    });
  });

  test('and what was signed is no permit', async () => {
    const { testId, index, provenance } = await scan();
    const { json } = await ask(testId);
    const bundle = { index, bundleDigest: sha256(bytesOf(index)), provenanceDigest: sha256(provenance) };
    const permitBytes = Buffer.from(JSON.stringify(json.bundle));
    const use = () => checkPermit({ permitBytes, bundle, keySet: its.keySet, destination: 'golden' });
    expect(refusal(use)).toBe('wrong_predicate');
  });

  test('in raw and in the registry is looked at in both', async () => {
    const made = await scan();
    const places = { s3: `raw/${rawPrefix(scope(), made.testId)}`, registry: await pushed(made) };
    const { json } = await ask(made.testId, { artifact_locations: places });
    expect(json.verification_proof).toMatchObject({
      artifact_locations_valid: true,
      both_locations_identical: true,
    });
  });

  test('in golden and in the registry is looked at in both', async () => {
    const made = await scan();
    await put(its.golden, goldenPrefix(scope(), made.testId), made);
    const places = { s3: `s3://golden/${goldenPrefix(scope(), made.testId)}`, registry: await pushed(made) };
    const { status, json } = await its.ask('POST', '/v1/sign-artifact', {
      workspace_id: 'web',
      artifact_locations: places,
    });
    expect([status, json.verification_proof]).toEqual([
      201,
      {
        inner_signatures_verified: true,
        artifact_locations_valid: true,
        chain_of_custody: 'maintained',
        both_locations_identical: true,
      },
    ]);
  });

  test('is signed once under one Idempotency-Key', async () => {
    const { testId } = await scan();
    const [one, two] = [await ask(testId, {}, { key: 'once' }), await ask(testId, {}, { key: 'once' })];
    expect(two.json).toEqual(one.json);
    const other = await ask((await scan()).testId, {}, { key: 'once' });
    expect(other).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } });
  });

  test('is what the caller says that it is', async () => {
    const { testId, provenance } = await scan();
    const { sig } = JSON.parse(Buffer.from(provenance).toString()).dsseEnvelope.signatures[0];
    const inner = { signer: its.evidence.trusted.id, signature: sig, files: [{ path: 'scan.json' }] };
    expect((await ask(testId, { inner_signatures: inner })).status).toBe(201);
  });
});

describe('nothing is signed', () => {
  test.each<[string, string, object]>([
    ['of another signer', 'untrusted_signer', { signer: 'f'.repeat(32) }],
    ['of another signature', 'signature_invalid', { signature: 'aGk=' }],
    ['of a file that it has not', 'statement_invalid', { files: [{ path: 'other.json', verified: true }] }],
  ])('when the caller speaks %s', async (_, code, inner_signatures) => {
    const { testId } = await scan();
    const before = await nothingSigned();
    expect((await ask(testId, { inner_signatures })).json).toMatchObject({ code });
    expect(await nothingSigned()).toBe(before);
  });

  test('when a byte was changed, whatever the caller has verified', async () => {
    const { testId } = await scan();
    const key = `${rawPrefix(scope(), testId)}findings.json`;
    await its.raw.put(key, Buffer.from('findingz'), { contentType: 'application/json' });
    const inner_signatures = { files: [{ path: 'findings.json', verified: true }] };
    expect((await ask(testId, { inner_signatures })).json).toMatchObject({ code: 'signature_invalid' });
  });

  test('when a stranger signed', async () => {
    const { testId } = await scan(signingKey('P-256').signer);
    expect((await ask(testId)).json).toMatchObject({ code: 'untrusted_signer' });
  });

  test('when the registry holds something else', async () => {
    const made = await scan();
    const registry = await pushed(made, 'other findings');
    expect((await ask(made.testId, { artifact_locations: { registry } })).json).toMatchObject({
      code: 'digest_mismatch',
    });
  });

  test('when golden has it not, or the place is of somebody else', async () => {
    const { testId } = await scan();
    const s3 = (prefix: string) => ({ artifact_locations: { s3: `s3://golden/${prefix}` } });
    const missing = await ask(testId, s3(goldenPrefix(scope(), testId)));
    expect(missing.json).toMatchObject({ code: 'object_not_found' });
    const foreign = await ask(testId, s3(goldenPrefix({ tenant: 'globex', workspace: 'web' }, testId)));
    expect(foreign.json).toMatchObject({ code: 'not_found' });
    const registry = `registry.example/certus/globex/web/shop:${testId}`;
    expect((await ask(testId, { artifact_locations: { registry } })).json).toMatchObject({
      code: 'object_not_found',
    });
  });

  test('for another tenant, or of a scan that there is not', async () => {
    const { testId } = await scan();
    expect(await ask(testId, {}, { tenant: 'globex' })).toMatchObject({
      status: 404,
      json: { code: 'not_found' },
    });
    expect(await ask(`test_${'f'.repeat(12)}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    const unnamed = await its.ask('POST', '/v1/sign-artifact', { workspace_id: 'web' });
    expect(unnamed).toMatchObject({ status: 422, json: { code: 'invalid_request' } });
  });
});
