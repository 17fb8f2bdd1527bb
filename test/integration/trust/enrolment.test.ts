// needs: postgres, temporal, openssl
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KeySet } from '../../../contracts/keys.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';
import { PREDICATE } from '../../../contracts/statements.ts';
import { newcomer } from '../../unit/enrolment/requests.ts';
import { Service } from '../assurance/service.ts';
import { signedBy } from './statements.ts';

const MINUTE = 60_000;
const SAMPLE = {
  component_id: 'shop',
  source_type: 'directory',
  directory_path: resolve('samples/leaky-shop'),
  profile: 'smoke',
};
let service: Service;
let scan: ScanStatus;

beforeAll(async () => {
  service = await Service.start();
  const policy = join(service.its.home, 'policy.json');
  const rules = { name: 'four eyes', signers: { environments: ['production'], at_least: 2 } };
  writeFileSync(policy, JSON.stringify({ schema: 'https://certus.dev/trust-policy/v1', ...rules }));
  await certus('policy', 'set', policy, '--workspace', service.workspace);
  scan = await service.scan(SAMPLE);
  expect(scan).toMatchObject({ upload_status: 'denied', denial_reason: 'policy_violation' });
}, 2 * MINUTE);
afterAll(() => service?.close(), MINUTE);

async function certus(...words: readonly string[]) {
  const { code, stdout, stderr } = await service.certus(...words, '-o', 'json');
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout);
}
const filesOf = (name: string) => {
  const [key, certificate] = ['key', 'cert'].map((kind) => join(service.its.home, `${name}.${kind}.pem`));
  return { key: key ?? '', certificate: certificate ?? '' };
};
const words = ({ key, certificate }: { key: string; certificate: string }) => [
  '--key',
  key,
  '--certificate',
  certificate,
];
const production = (password: string, name: string) =>
  service.certus('enrol', '--environment', 'production', '--password', password, ...words(filesOf(name)));
const newPassword = async (): Promise<string> => (await certus('enrol', 'password')).password;
const endorse = async (keyFile: string, predicate: object = {}) => {
  const about = { digest: scan.bundle_digest ?? '', type: PREDICATE.endorsement, predicate };
  const { status, json } = await service.ask(`/v1/security-scans/${scan.test_id}/statements`, {
    workspace_id: service.workspace,
    bundle: await signedBy(keyFile, about),
  });
  return status === 201 ? json.key_id : json.code;
};
async function permit() {
  const asked = ['permit', 'request', scan.test_id, '--workspace', service.workspace, '-o', 'json'];
  return JSON.parse((await service.certus(...asked)).stdout);
}
const exported = async () => KeySet.parse(JSON.parse((await service.certus('keys', 'export')).stdout)).keys;
const leafOf = (file: string) => new X509Certificate(readFileSync(file));

/** What stock OpenSSL says of a certificate, by the authority's own certificates and its newest revocation list. */
async function openssl(certificate: string): Promise<string> {
  const at = (name: string) => join(service.its.home, name);
  const chain = Buffer.from(await service.download('/v1/authority/certificates')).toString('utf8');
  const [issuing = '', root = ''] = chain.split(/(?<=-----END CERTIFICATE-----\n)/);
  writeFileSync(at('issuing.pem'), issuing);
  writeFileSync(at('root.pem'), root);
  writeFileSync(at('crl.der'), await service.download('/v1/authority/crl'));
  const run = (...args: string[]) =>
    spawnSync(process.env.CERTUS_OPENSSL ?? 'openssl', args, { encoding: 'utf8', cwd: service.its.home });
  const list = run('crl', '-inform', 'DER', '-in', 'crl.der', '-out', 'crl.pem', '-CAfile', 'issuing.pem');
  expect(list.stderr).toContain('verify OK');
  const options = ['-crl_check', '-CAfile', 'root.pem', '-untrusted', 'issuing.pem', '-CRLfile', 'crl.pem'];
  const { status, stderr } = run('verify', ...options, certificate);
  return status === 0 ? 'good' : stderr;
}

test(
  'a newcomer of the sandbox is believed at once, as one of the sandbox',
  async () => {
    const files = filesOf('visitor');
    const enrolled = await certus('enrol', ...words(files));
    expect(enrolled).toMatchObject({ environment: 'sandbox', key: files.key });
    expect(statSync(files.key).mode & 0o077).toBe(0);
    expect(leafOf(files.certificate).subject).toContain('OU=sandbox');
    const { keys } = await certus('keys', 'list');
    expect(keys).toContainEqual(
      expect.objectContaining({ id: enrolled.key_id, holder: 'tenant', environment: 'sandbox' }),
    );
    expect(await endorse(files.key)).toBe(enrolled.key_id);
    // it is one of the two that must have signed only where the policy takes the sandbox
    expect(await permit()).toMatchObject({ permitted: false, violations: [{ rule: 'signers_at_least' }] });
  },
  MINUTE,
);

test(
  'a newcomer of production shows a password and a sample, and is believed until its key is revoked',
  async () => {
    const files = filesOf('colleague');
    const password = await newPassword();
    const { code, stderr } = await production(password, 'colleague');
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const leaf = leafOf(files.certificate);
    expect(leaf.subject).toContain('OU=production');
    const id = await endorse(files.key);
    expect(leaf.subject).toContain(`CN=${id}`);
    expect(await permit()).toMatchObject({ permitted: true, violations: [] });

    // a password is good once, and for nobody who only has the private halves of others
    expect(await production(password, 'second')).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('password_invalid'),
    });
    expect(service.log()).not.toContain(password);
    const orders = await service.its.database.client.order.findMany({ where: { tenant: 'default' } });
    for (const { statement } of orders) {
      const { dsseEnvelope } = JSON.parse(Buffer.from(statement).toString('utf8'));
      expect(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8')).not.toContain(password);
    }

    const serial = leaf.serialNumber.toLowerCase();
    const statusOf = async (number: string) =>
      (await service.ask(`/v1/authority/certificates/${number}`)).json.status;
    expect(await statusOf(serial)).toBe('good');
    await certus('keys', 'revoke', id, '--reason', 'key_compromise');
    expect(await statusOf(serial)).toBe('revoked');
    expect(await openssl(files.certificate)).toMatch(/certificate revoked/);
    const other = filesOf('visitor').certificate;
    expect(await openssl(other)).toBe('good');
    expect(await statusOf(leafOf(other).serialNumber.toLowerCase())).toBe('good');
    expect(await endorse(files.key, { again: true })).toBe('key_revoked');
    // what it said before counts no more
    expect(await permit()).toMatchObject({ permitted: false });
    expect((await exported()).find((key) => key.id === id)).toMatchObject({
      revoked: { reason: 'key_compromise' },
    });
  },
  2 * MINUTE,
);

test(
  'a password is not found by trying: the right one does not help any more after ten wrong ones',
  async () => {
    const password = await newPassword();
    const { applicant } = await newcomer('default');
    const attempt = async (guess: string) => {
      const answer = await service.ask('/v1/enrolment/compliance', { csr: applicant.csr, password: guess });
      return `${answer.status} ${answer.json.code ?? answer.json.state}`;
    };
    const told = await Promise.all(Array.from({ length: 12 }, (_, n) => attempt(`GUESS-${n}`)));
    // one was spent on the password that had been used before
    expect(told.filter((code) => code === '403 password_invalid')).toHaveLength(9);
    expect(told.filter((code) => code === '429 too_many_attempts')).toHaveLength(3);
    expect(await attempt(password)).toBe('429 too_many_attempts');
    expect((await exported()).map(({ id }) => id)).not.toContain(applicant.keyId);
  },
  MINUTE,
);
