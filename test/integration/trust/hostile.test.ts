// needs: postgres, temporal
import 'reflect-metadata';
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { BUNDLE } from '../../../contracts/bundle.ts';
import { goldenPrefix, rawPrefix } from '../../../contracts/object-keys.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { PREDICATE, STATEMENT_TYPE } from '../../../contracts/statements.ts';
import { sha256 } from '../../../domain/custody/digest.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { openFileSigner } from '../../../services/keys/file-signer.ts';
import { openLayoutRegistry } from '../../../services/registry/layout-registry.ts';
import { request } from '../../unit/enrolment/requests.ts';
import { Service } from '../assurance/service.ts';
import { until } from '../local/processes.ts';

const MINUTE = 60_000;
const MIB = 1024 * 1024;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
};
const DIGEST = { sha256: 'a'.repeat(64) };
let service: Service;
let published: ScanStatus;

beforeAll(async () => {
  service = await Service.start();
  published = await service.scan(SAMPLE);
  expect(published.upload_status).toBe('uploaded');
}, 2 * MINUTE);
afterAll(() => service?.close(), MINUTE);

const codeOf = ({ status, json }: { status: number; json: { code?: string } }) => `${status} ${json.code}`;
const sign = (item: object) => service.ask('/v1/sign', { workspace_id: service.workspace, items: [item] });
const statement = (predicateType: string, predicate: object = {}) => ({
  _type: STATEMENT_TYPE,
  subject: [{ name: 'shop.tar', digest: DIGEST }],
  predicateType,
  predicate,
});
const alive = async () => expect((await service.ask('/v1/policies')).status).toBe(200);

describe('what is asked to be verified', () => {
  async function signedBundle(): Promise<Record<string, unknown>> {
    const { status, json } = await sign({ statement: statement('https://example.org/audit/v1') });
    expect(status).toBe(201);
    return json.bundles[0];
  }
  const verify = async (body: object) => {
    const { status, json } = await service.ask('/v1/verify', body);
    return status === 200 ? (json.error?.code ?? 'valid') : codeOf({ status, json });
  };

  test(
    'may have a hundred megabytes, and is not read to its end',
    async () => {
      const chunk = Buffer.alloc(MIB, 'A');
      const body = function* () {
        yield Buffer.from('{"bundle":"');
        for (let n = 0; n < 100; n += 1) yield chunk;
        yield Buffer.from('"}');
      };
      expect(codeOf(await service.send('/v1/verify', body()))).toBe('413 payload_too_large');
      expect(codeOf(await service.send('/v1/sign', body()))).toBe('413 payload_too_large');
      const attach = `/v1/security-scans/${published.test_id}/statements`;
      expect(codeOf(await service.send(attach, body()))).toBe('413 payload_too_large');
      await alive();
    },
    MINUTE,
  );

  test('may be cut off, named twice, nested without end, or of no kind that is known', async () => {
    const bundle = await signedBundle();
    const text = JSON.stringify(bundle);
    expect(await verify({ bundle: text, artifact_digest: DIGEST.sha256 })).toBe('valid');
    expect(await verify({ bundle: text.slice(0, -20) })).toBe('bundle_malformed');
    expect(await verify({ bundle: text.replace('{', '{"mediaType":"x",') })).toBe('bundle_malformed');
    expect(await verify({ bundle: text, predicate_type: PREDICATE.provenance })).toBe('wrong_predicate');
    expect(await verify({ bundle: '['.repeat(100_000) })).toBe('bundle_malformed');
    expect(await verify({ bundle: `{"__proto__":{"valid":true},${text.slice(1)}` })).toBe('bundle_malformed');
    expect(await verify({ bundle: { ...bundle, dsseEnvelope: null } })).toBe('bundle_malformed');
    const raw = (body: string) => service.send('/v1/verify', [Buffer.from(body)]);
    expect(codeOf(await raw('{"bundle":{"mediaType":'))).toBe('400 malformed_json');
    expect(codeOf(await raw(`{"bundle":${'['.repeat(100_000)}${']'.repeat(100_000)}}`))).toBe(
      '400 malformed_json',
    );
    const twice = `{"bundle":{},"bundle":${text},"artifact_digest":"${DIGEST.sha256}"}`;
    expect(codeOf(await raw(twice))).toBe('400 malformed_json');
    const inside = `{"bundle":${text.replace('{', '{"mediaType":"x",')},"artifact_digest":"${DIGEST.sha256}"}`;
    expect(codeOf(await raw(inside))).toBe('400 malformed_json');
    await alive();
  });
});

test('what Certus says of its own acts is signed for nobody, however it is written', async () => {
  const own = Object.values(PREDICATE).filter((type) => type !== PREDICATE.endorsement);
  const spelt = [
    'HTTPS://CERTUS.DEV/order/v1',
    'https://certus.dev/anything/v9',
    'https://certus.dev/endorsement/v2',
  ];
  for (const type of [...own, ...spelt])
    expect([type, codeOf(await sign({ statement: statement(type) }))]).toEqual([
      type,
      '422 statement_invalid',
    ]);
  const envelope = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json 2 {}`).toString('base64');
  expect(codeOf(await sign({ artifact: envelope, name: 'innocent.bin' }))).toBe('422 statement_invalid');
  const ofOld = { workspace_id: service.workspace, artifact: `sha256:${DIGEST.sha256}`, subject: 'shop' };
  const asked = { ...ofOld, artifact_type: 'scan', predicates: { [PREDICATE.permit]: {} } };
  expect(codeOf(await service.ask('/v1/sign', asked))).toBe('422 statement_invalid');
  expect((await sign({ statement: statement(PREDICATE.endorsement) })).status).toBe(201);
});

test('a signing request with names of others gets no certificate', async () => {
  const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'certus.example.org' }]);
  const wanted = [
    { name: [{ O: ['globex'] }] },
    { name: [{ O: ['default'] }, { CN: ['Certus local root'] }] },
    { name: [{ OU: ['production'] }] },
    { extensions: [names] },
    { extensions: [new x509.BasicConstraintsExtension(true, 0, true)] },
  ];
  for (const wish of wanted) {
    const { csr } = await request(wish);
    const answer = await service.ask('/v1/enrolment/sandbox', { csr });
    expect(codeOf(answer)).toBe('422 signing_request_invalid');
  }
  const { csr } = await request();
  expect((await service.ask('/v1/enrolment/sandbox', { csr })).status).toBe(201);
  expect((await service.ask('/v1/transparency?kind=order&limit=1')).json.entries).toMatchObject([
    { entry: { note: 'enrol_sandbox' } },
  ]);
}, 60_000);

test(
  'evidence that claims to be from the future is not permitted, though its signature holds',
  async () => {
    await service.its.workers.stop('trust');
    const [skewed, honest] = [await service.begin(SAMPLE), await service.begin(SAMPLE)];
    const key = (testId: string) => `${rawPrefix(service.its.scope, testId)}${BUNDLE.provenance}`;
    for (const testId of [skewed, honest])
      await until('Trust is asked', async () => {
        const { steps } = await service.status(testId);
        return steps.some(({ name, state }) => name === 'permit' && state === 'running');
      });
    const sealed = JSON.parse(Buffer.from(await service.its.raw.read(key(skewed), MIB)).toString('utf8'));
    const provenance = JSON.parse(Buffer.from(sealed.dsseEnvelope.payload, 'base64').toString('utf8'));
    provenance.predicate.runDetails.metadata.finishedOn = new Date(Date.now() + 60 * MINUTE).toISOString();
    const signer = await openFileSigner(service.its.keys.evidenceKeyFile);
    await service.its.raw.put(key(skewed), await sealStatement(provenance, signer), {
      contentType: 'application/json',
    });
    await service.its.workers.start('trust');
    expect(await service.ended(skewed)).toMatchObject({
      upload_status: 'denied',
      denial_reason: 'evidence_expired',
    });
    expect(await service.its.inGolden({ ...service.its.newScan(), testId: skewed })).toEqual([]);
    expect(await service.ended(honest)).toMatchObject({ upload_status: 'uploaded' });
  },
  2 * MINUTE,
);

describe('the copy in the registry', () => {
  const chain = async (more: object = {}) =>
    service.ask('/v1/verify-chain', {
      scan_id: published.test_id,
      workspace_id: service.workspace,
      ...more,
    });

  test('is known by the digest under which it is pulled, as are the statements that lie in golden', async () => {
    const known = async (digest: string) => {
      const { bundles, promotions } = await service.get(`/v1/artifacts/by-digest/${digest}`);
      const runs = bundles.map(
        ({ test_id, kind }: { test_id: string; kind: string }) => `${kind} ${test_id}`,
      );
      return { runs, published: promotions.map(({ test_id }: { test_id: string }) => test_id) };
    };
    const { test_id: testId } = published;
    const { tenant, workspace } = service.its.scope;
    const registry = openLayoutRegistry(join(service.its.home, 'oci'));
    const pulled = await registry.pullManifest(`certus/${tenant}/${workspace}/shop`, testId);
    const image = sha256(pulled?.bytes ?? '');
    expect(await known(image)).toEqual({ runs: [`image ${testId}`], published: [testId] });
    const golden = goldenPrefix(service.its.scope, testId);
    for (const path of [BUNDLE.permit, BUNDLE.promotion, BUNDLE.sanitize]) {
      const digest = sha256(await service.its.golden.read(`${golden}${path}`, MIB));
      expect(await known(digest)).toEqual({ runs: [`statement ${testId}`], published: [testId] });
    }
    expect(await known(DIGEST.sha256)).toEqual({ runs: [], published: [] });
  });

  test(
    'may have grown to gigabytes behind its digest: it is not read to its end, and not called identical',
    async () => {
      const { status, json } = await chain();
      expect([status, json.chain_verified]).toEqual([200, true]);
      const files = readdirSync(join(service.its.home, 'oci'), { recursive: true, withFileTypes: true });
      const blobs = files
        .filter((file) => file.isFile() && /^[0-9a-f]{64}$/.test(file.name))
        .map(({ parentPath, name }) => join(parentPath, name));
      const [largest] = blobs.sort((a, b) => statSync(b).size - statSync(a).size);
      truncateSync(largest ?? '', 8 * 1024 * MIB); // a hole: it takes no room, and reads as eight gigabytes
      const after = await chain();
      expect(after.status).toBe(200);
      expect(after.json.artifact_locations).toMatchObject({ s3_valid: true, content_identical: false });
      await alive();
    },
    MINUTE,
  );

  test('is looked for by names alone, and never where a request says', async () => {
    for (const s3 of [
      'file:///etc/passwd',
      's3://raw/../../etc',
      'http://169.254.169.254/latest',
      '\u0000',
    ]) {
      const { status } = await chain({ scan_id: undefined, artifact_locations: { s3 } });
      expect([s3, status]).toEqual([s3, 422]);
    }
    const foreign = `s3://golden/globex/${service.workspace}/security-scans/${published.test_id}/golden`;
    expect((await chain({ scan_id: undefined, artifact_locations: { s3: foreign } })).status).toBe(422);
  });
});

test('a policy cannot be made to take longer than anybody waits', async () => {
  const put = (json_schema: object) =>
    service.ask(
      `/v1/policies/${service.workspace}`,
      {
        policy: {
          schema: 'https://certus.dev/trust-policy/v1',
          name: 'slow',
          required_statements: [{ predicate_type: 'https://example.org/x', json_schema }],
        },
      },
      'PUT',
    );
  const deep = Array.from({ length: 60 }).reduce<object>((inner) => ({ not: inner }), {});
  const schemas = [
    { properties: { a: { pattern: '(a+)+$' } } },
    { $ref: 'https://169.254.169.254/schema' },
    { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    { uniqueItems: true },
    deep,
  ];
  for (const schema of schemas) expect(codeOf(await put(schema))).toBe('422 policy_invalid');
  expect((await service.ask(`/v1/policies/${service.workspace}`)).json.versions).toEqual([]);
});
