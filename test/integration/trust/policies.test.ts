// needs: postgres, temporal
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { Service } from '../assurance/service.ts';
import { until } from '../local/processes.ts';
import { signedBy } from './statements.ts';

const MINUTE = 60_000;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
};
const REVIEW = 'https://example.org/review/v1';
let service: Service;

beforeAll(async () => {
  service = await Service.start();
}, MINUTE);
afterAll(() => service?.close(), MINUTE);

const here = () => ['--workspace', service.workspace, '-o', 'json'];
async function certus(...words: readonly string[]) {
  const { code, stdout, stderr } = await service.certus(...words);
  if (stdout === '') throw new Error(`${words.join(' ')}: ${code} ${stderr}`);
  return { code, json: JSON.parse(stdout) };
}
let files = 0;
function policyFile(rules: object): string {
  files += 1;
  const file = join(service.its.home, `policy-${files}.json`);
  const policy = { schema: 'https://certus.dev/trust-policy/v1', name: `policy ${files}`, ...rules };
  writeFileSync(file, JSON.stringify(policy));
  return file;
}
const setPolicy = (rules: object, how = 'set') => certus('policy', how, policyFile(rules), ...here());
const permitOf = async ({ test_id }: ScanStatus) =>
  (await service.get(`/v1/permits?test_id=${test_id}`)).permits[0];
const logged = async ({ test_id }: ScanStatus, kind: string) =>
  (await service.get(`/v1/transparency?kind=${kind}&test_id=${test_id}`)).entries;
const golden = ({ test_id }: ScanStatus) =>
  service.its.inGolden({ ...service.its.newScan(), testId: test_id });
const requestPermit = ({ test_id }: ScanStatus, ...more: readonly string[]) =>
  certus('permit', 'request', test_id, ...more, ...here());
const attach = ({ test_id }: ScanStatus, bundle: object) =>
  service.ask(`/v1/security-scans/${test_id}/statements`, { workspace_id: service.workspace, bundle });
const rulesOf = (json: { violations: { rule: string }[] }) => json.violations.map(({ rule }) => rule);

/** A newcomer with a key and a certificate of the sandbox, in files that nobody else has. */
async function enrolled(name: string): Promise<string> {
  const key = join(service.its.home, `${name}.key.pem`);
  const certificate = join(service.its.home, `${name}.cert.pem`);
  await certus('enrol', '--key', key, '--certificate', certificate, '-o', 'json');
  return key;
}

const STRICT = { gate: 'passed', thresholds: { critical: 0 } };

test(
  'a policy is tried on bundles of the past, then in the shadow, and then it denies',
  async () => {
    const before = await service.scan(SAMPLE);
    expect(before).toMatchObject({ upload_status: 'uploaded', verdict: 'failed' });
    const tried = await certus('policy', 'eval', policyFile(STRICT), ...here());
    expect(tried.code).toBe(2);
    expect(tried.json).toMatchObject({
      evaluated: 1,
      changed: 1,
      bundles: [
        {
          test_id: before.test_id,
          decided: { permitted: true },
          would_be: { permitted: false, reason: 'policy_violation' },
        },
      ],
    });
    expect((await certus('policy', 'eval', policyFile({}), ...here())).code).toBe(0);

    await setPolicy(STRICT, 'shadow');
    const shadowed = await service.scan(SAMPLE);
    expect(shadowed.upload_status).toBe('uploaded');
    const { permitted, shadow } = await permitOf(shadowed);
    expect([permitted, shadow.permitted, shadow.reason]).toEqual([true, false, 'policy_violation']);
    expect(rulesOf(shadow)).toEqual(['gate', 'threshold:critical']);

    await setPolicy(STRICT);
    const denied = await service.scan(SAMPLE);
    expect(denied).toMatchObject({
      status: 'SUCCEEDED',
      upload_status: 'denied',
      denial_reason: 'policy_violation',
      golden_manifest: null,
      oci_reference: null,
    });
    const permit = await permitOf(denied);
    expect(permit).toMatchObject({ permitted: false, reason: 'policy_violation', shadow: null });
    expect(rulesOf(permit)).toEqual(['gate', 'threshold:critical']);
    expect(await logged(denied, 'denial')).toMatchObject([
      { entry: { name: permit.upload_permission_id, note: 'policy_violation' } },
    ]);
    expect(await logged(denied, 'permit')).toEqual([]);
    expect(await golden(denied)).toEqual([]);
    const command = await service.certus('permit', 'list', '--workspace', service.workspace);
    expect(command.stdout).toMatch(new RegExp(`${denied.test_id}.*denied: policy_violation`));
  },
  3 * MINUTE,
);

test(
  'an exception sets a rule aside, for its component and until its time, and is in the signed policy',
  async () => {
    await setPolicy(STRICT);
    const scan = await service.scan({ ...SAMPLE, publish: false });
    const excepted = (rule: string, until: string, more: object = {}) => ({
      rule,
      reason: 'known, and to be mended in the next release',
      until,
      ...more,
    });
    const [past, future] = [-MINUTE, 60 * MINUTE].map((ms) => new Date(Date.now() + ms).toISOString());
    const gate = excepted('gate', `${future}`);
    const none: readonly object[] = [
      excepted('threshold:critical', `${past}`),
      excepted('threshold:critical', `${future}`, { component: 'another' }),
    ];
    for (const exception of none) {
      await setPolicy({ ...STRICT, exceptions: [gate, exception] });
      const { code, json } = await requestPermit(scan);
      expect([code, json.permitted, rulesOf(json)]).toEqual([2, false, ['threshold:critical']]);
    }
    const exceptions = [gate, excepted('threshold:critical', `${future}`, { component: 'shop' })];
    await setPolicy({ ...STRICT, exceptions });
    expect(await requestPermit(scan, '--publish')).toMatchObject({
      code: 0,
      json: { permitted: true, violations: [] },
    });
    await until('it is published', async () => {
      const { upload_status } = await service.status(scan.test_id);
      return upload_status === 'uploaded';
    });
    const shown = await certus('policy', 'show', '--workspace', service.workspace, '-o', 'json');
    expect(shown.json.enforced.policy.exceptions).toEqual(exceptions);
  },
  3 * MINUTE,
);

test(
  'a statement that is asked for is brought by a newcomer, and what does not say what is asked does not count',
  async () => {
    const key = await enrolled('reviewer');
    await setPolicy({
      signers: { environments: ['sandbox', 'production'] },
      required_statements: [
        {
          predicate_type: REVIEW,
          json_schema: { required: ['approved'], properties: { approved: { const: true } } },
        },
      ],
    });
    const scan = await service.scan(SAMPLE);
    expect(scan).toMatchObject({ upload_status: 'denied', denial_reason: 'policy_violation' });
    const digest = scan.bundle_digest ?? '';
    const bring = async (predicate: object, by = key) =>
      (await attach(scan, await signedBy(by, { digest, type: REVIEW, predicate }))).status;

    expect(await bring({ approved: true }, service.its.keys.promotionKeyFile)).toBe(422);
    expect(await bring({ approved: false })).toBe(201);
    const asked = await requestPermit(scan);
    expect([asked.code, rulesOf(asked.json)]).toEqual([2, [`statement:${REVIEW}`]]);
    expect(await requestPermit(scan)).toEqual(asked);

    expect(await bring({ approved: true })).toBe(201);
    const given = await requestPermit(scan, '--publish');
    expect(given).toMatchObject({ code: 0, json: { permitted: true, bypass: null } });
    await until('it is published', async () => (await golden(scan)).length > 0);
    expect(await logged(scan, 'denial')).toHaveLength(2);
    expect(await logged(scan, 'permit')).toHaveLength(1);
  },
  3 * MINUTE,
);

test(
  'several must have signed, each with a key of their own',
  async () => {
    const [one, two] = [await enrolled('one'), await enrolled('two')];
    await setPolicy({ signers: { environments: ['sandbox', 'production'], at_least: 3 } });
    const scan = await service.scan(SAMPLE);
    expect(scan).toMatchObject({ upload_status: 'denied', denial_reason: 'policy_violation' });
    const endorse = async (by: string, predicate: object = {}) => {
      const about = { digest: scan.bundle_digest ?? '', type: PREDICATE.endorsement, predicate };
      return (await attach(scan, await signedBy(by, about))).status;
    };
    expect(await endorse(one)).toBe(201);
    expect(await endorse(one, { again: true })).toBe(201);
    const asked = await requestPermit(scan);
    expect(asked.json.violations).toEqual([
      { rule: 'signers_at_least', message: '2 of 3 keys that must have signed' },
    ]);
    expect(await endorse(two)).toBe(201);
    expect((await requestPermit(scan)).json).toMatchObject({ permitted: true, violations: [] });
  },
  3 * MINUTE,
);
