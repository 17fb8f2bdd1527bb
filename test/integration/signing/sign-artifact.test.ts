// needs: postgres, temporal
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUNDLE, type BundleIndex } from '../../../contracts/bundle.ts';
import { INTAKE_TYPE } from '../../../contracts/intake.ts';
import { goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import { VerificationStatement } from '../../../contracts/signing.ts';
import { checkPermit } from '../../../domain/custody/check-permit.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { openStatement } from '../../../domain/custody/open-statement.ts';
import { sanitizeStatement } from '../../../domain/custody/sanitize-statement.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import type { Bucket } from '../../../services/objects/store.ts';
import { pushArtifact } from '../../../services/registry/artifact.ts';
import {
  bytesOf,
  describeFile,
  makeIndex,
  provenanceOf,
  refusal,
} from '../../unit/domain/custody-fixture.ts';
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

type Masked = { readonly made: Scan; readonly sanitize: Uint8Array };

/** One whose findings were masked, and whose scan.json was withheld, on their way to golden. */
async function masked(): Promise<Masked> {
  const made = await scan();
  const { testId, index } = made;
  const before = (path: string) => ({ sha256: index.files.find((file) => file.path === path)?.sha256 ?? '' });
  const after = {
    path: 'findings.json',
    digest: { sha256: sha256('f*******') },
    size: 8,
    media_type: 'text/plain',
  };
  const statement = sanitizeStatement({
    ...{ ...scope(), testId, bundleDigest: sha256(bytesOf(index)), policyDigest: 'd'.repeat(64) },
    ...{ rules: 'test/1', inspectedOn: new Date().toISOString(), lookedAt: 2, kinds: [] },
    files: [
      { path: 'findings.json', before: before('findings.json'), outcome: 'masked', kinds: [], after },
      { path: 'scan.json', before: before('scan.json'), outcome: 'withheld', kinds: [] },
    ],
  });
  const sanitize = await sealStatement(statement, its.promotion.signer);
  await put(its.golden, goldenPrefix(scope(), testId), made);
  await its.golden.remove(`${goldenPrefix(scope(), testId)}scan.json`);
  await lay(made, 'findings.json', 'f*******');
  await lay(made, BUNDLE.sanitize, sanitize);
  return { made, sanitize };
}

const lay = ({ testId }: Scan, path: string, bytes: string | Uint8Array) =>
  its.golden.put(`${goldenPrefix(scope(), testId)}${path}`, Buffer.from(bytes), {
    contentType: 'text/plain',
  });
const inGolden = ({ testId }: Scan) => `s3://golden/${goldenPrefix(scope(), testId)}`;

describe('a scan whose files were masked and withheld', () => {
  const pushMasked = async ({ made: { testId, index }, sanitize }: Masked, findings = 'f*******') => {
    const texts = { 'findings.json': findings, [BUNDLE.index]: bytesOf(index), [BUNDLE.sanitize]: sanitize };
    await pushArtifact(its.registry, {
      repository: `certus/${its.tenant}/web/shop`,
      tag: testId,
      artifactType: 'application/vnd.certus.bundle.v1+json',
      files: Object.entries(texts).map(([name, text]) => ({
        ...{ name, mediaType: 'text/plain', bytes: Buffer.from(text) },
      })),
    });
    return `registry.example/certus/${its.tenant}/web/shop:${testId}`;
  };

  test('is signed, and what was signed names the statement by which the places are the same', async () => {
    const it = await masked();
    const places = { s3: inGolden(it.made), registry: await pushMasked(it) };
    const { json } = await ask(it.made.testId, { artifact_locations: places });
    expect(json.verification_proof).toMatchObject({
      artifact_locations_valid: true,
      both_locations_identical: true,
    });
    const { predicate } = JSON.parse(Buffer.from(json.bundle.dsseEnvelope.payload, 'base64').toString());
    expect(predicate.locations).toMatchObject([
      { place: 'golden', sanitize: sha256(it.sanitize) },
      { place: 'registry', sanitize: sha256(it.sanitize) },
    ]);
  });

  test('is not called the same in raw as in the registry', async () => {
    const it = await masked();
    const places = { s3: `raw/${rawPrefix(scope(), it.made.testId)}`, registry: await pushMasked(it) };
    expect((await ask(it.made.testId, { artifact_locations: places })).json.verification_proof).toMatchObject(
      {
        artifact_locations_valid: true,
        both_locations_identical: false,
      },
    );
  });

  test('is not signed when a masked copy is another one, or what was withheld is there', async () => {
    const changed = await masked();
    await lay(changed.made, 'findings.json', 'findings');
    const there = await masked();
    await lay(there.made, 'scan.json', 'scan');
    for (const { made } of [changed, there])
      expect((await ask(made.testId, { artifact_locations: { s3: inGolden(made) } })).json).toMatchObject({
        code: 'signature_invalid',
      });
    const pushed = await masked();
    const registry = await pushMasked(pushed, 'findings');
    expect((await ask(pushed.made.testId, { artifact_locations: { registry } })).json).toMatchObject({
      code: 'signature_invalid',
    });
  });

  test('is not signed on the word of somebody who may not promote', async () => {
    const { made, sanitize } = await masked();
    const { dsseEnvelope } = JSON.parse(Buffer.from(sanitize).toString());
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
    await lay(made, BUNDLE.sanitize, await sealStatement(statement, its.evidence.signer));
    expect((await ask(made.testId, { artifact_locations: { s3: inGolden(made) } })).json).toMatchObject({
      code: 'untrusted_signer',
    });
  });
});

describe('documents', () => {
  const NAME = 'documents/Jahr 2025/Übersicht.txt';

  async function documents(): Promise<Scan> {
    nth += 1;
    const testId = `docs_${String(nth).padStart(24, '0')}`;
    const files = [
      describeFile(BUNDLE.intake, '{}'),
      { ...describeFile(NAME, 'one'), media_type: 'text/plain' },
    ];
    const index = makeIndex({ tenant: its.tenant, test_id: testId, files });
    const statement = provenanceOf(index);
    statement.predicate.buildDefinition.buildType = INTAKE_TYPE;
    const provenance = await sealStatement(statement, its.evidence.signer);
    const made = { testId, index, provenance };
    const brought = {
      [BUNDLE.index]: bytesOf(index),
      [BUNDLE.provenance]: provenance,
      [BUNDLE.intake]: '{}',
    };
    for (const [path, bytes] of Object.entries(brought)) {
      const key = `${rawPrefix(scope(), testId)}${path}`;
      await its.raw.put(key, Buffer.from(bytes), { contentType: 'application/json' });
      await lay(made, path, bytes);
    }
    return made;
  }

  test('are signed when golden has them, asked for or not', async () => {
    const made = await documents();
    await lay(made, NAME, 'one');
    for (const more of [{}, { artifact_locations: { s3: inGolden(made) } }]) {
      const { status, json } = await ask(made.testId, more);
      expect([status, json.verification_proof?.artifact_locations_valid]).toEqual([201, true]);
    }
  });

  test('are signed when the registry has them, whatever they are called', async () => {
    const made = await documents();
    const files = { [BUNDLE.index]: bytesOf(made.index), [BUNDLE.intake]: '{}', [NAME]: 'one' };
    await pushArtifact(its.registry, {
      ...{
        repository: `certus/${its.tenant}/web/shop`,
        tag: made.testId,
        artifactType: 'text/x',
        anyCase: true,
      },
      files: Object.entries(files).map(([name, text]) => ({
        ...{ name, mediaType: 'text/plain', bytes: Buffer.from(text) },
      })),
    });
    await lay(made, NAME, 'one');
    const registry = `registry.example/certus/${its.tenant}/web/shop:${made.testId}`;
    expect(await ask(made.testId, { artifact_locations: { registry } })).toMatchObject({
      status: 201,
      json: { verification_proof: { both_locations_identical: true } },
    });
  });

  test('are not signed by their list alone, nor when one is another', async () => {
    const made = await documents();
    expect((await ask(made.testId)).json).toMatchObject({ code: 'digest_mismatch' });
    await lay(made, NAME, 'two');
    expect((await ask(made.testId)).json).toMatchObject({ code: 'digest_mismatch' });
    const s3 = `raw/${rawPrefix(scope(), made.testId)}`;
    expect((await ask(made.testId, { artifact_locations: { s3 } })).json).toMatchObject({
      code: 'not_found',
    });
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
