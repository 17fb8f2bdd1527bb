// needs: postgres
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  refreshRevocationList,
  revokeCertificates,
} from '../../../activities/trust/enrol/revoke-certificates.ts';
import { carryOut } from '../../../activities/trust/orders/carry-out.ts';
import { passwordDigest } from '../../../api/enrolment/one-time-password.ts';
import { execute } from '../../../cli/main.ts';
import type { EnrolmentView } from '../../../contracts/enrolment.ts';
import { keyId } from '../../../contracts/key-id.ts';
import { sealStatement } from '../../../domain/custody/seal-statement.ts';
import { tenantKeySet } from '../../../domain/custody/tenant-key-set.ts';
import { sampleStatement } from '../../../domain/enrolment/compliance-sample.ts';
import { openGatewayAuthority } from '../../../services/authority/gateway-authority.ts';
import { newestKeySet } from '../../../services/database/key-sets.ts';
import { startGateway } from '../../unit/enrolment/gateway.ts';
import { type Newcomer, newcomer } from '../../unit/enrolment/requests.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';
import { type Installation, newTenant, startInstallation } from './trust-and-api.ts';

const folder = temporaryFolder('enrolment');
let here: Installation;
beforeAll(async () => {
  here = await startInstallation(folder);
});
afterEach(() => here.restoreClock());
afterAll(async () => {
  await here.stop();
  rmSync(folder, { recursive: true, force: true });
});

const trusted = async (tenant: string, at = here) =>
  tenantKeySet(at.trust.keySet, await newestKeySet(at.database, tenant), tenant).keys.filter(
    ({ role }) => role === 'evidence',
  );
const password = async (tenant: string, ttl_minutes = 60): Promise<string> => {
  const { status, json } = await here.ask(tenant, '/v1/enrolment/passwords', { ttl_minutes });
  expect(status).toBe(201);
  return json.password;
};
const begin = (tenant: string, who: Newcomer, secret: string, at = here) =>
  at.ask(tenant, '/v1/enrolment/compliance', { csr: who.applicant.csr, password: secret });
const sampleOf = async (view: EnrolmentView, by: Newcomer, change: object = {}) => {
  const { enrolment_id: enrolmentId, key_id, environment, challenge } = view;
  const sample = { enrolmentId, keyId: key_id, environment, challenge, ...change };
  return JSON.parse(Buffer.from(await sealStatement(sampleStatement(sample), by.signer)).toString('utf8'));
};
const submit = async (tenant: string, view: EnrolmentView, by: Newcomer, change: object = {}, at = here) =>
  at.ask(tenant, `/v1/enrolment/${view.enrolment_id}/sample`, { bundle: await sampleOf(view, by, change) });
const finish = (tenant: string, view: EnrolmentView, at = here) =>
  at.ask(tenant, `/v1/enrolment/${view.enrolment_id}/production`, {});
const begun = async (tenant: string) => {
  const who = await newcomer(tenant);
  const { json } = await begin(tenant, who, await password(tenant));
  return { who, view: json as EnrolmentView };
};
const refused = (status: number, code: string) => ({ status, json: expect.objectContaining({ code }) });

describe('the sandbox', () => {
  test('answers at once, and the key counts from then on', async () => {
    const tenant = newTenant();
    const who = await newcomer(tenant, 'sandbox');
    const { status, json } = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: who.applicant.csr });
    expect([status, json.state]).toEqual([201, 'sandbox_issued']);
    const leaf = new X509Certificate(json.certificate_pem);
    expect(leaf.subject.split('\n')).toEqual([`O=${tenant}`, 'OU=sandbox', `CN=${who.applicant.keyId}`]);
    expect(await trusted(tenant)).toMatchObject([
      {
        id: who.applicant.keyId,
        tenant,
        environment: 'sandbox',
        valid_until: leaf.validToDate.toISOString(),
      },
    ]);
    expect((await here.ask(tenant, `/v1/enrolment/${json.enrolment_id}`)).json).toEqual(json);
  });

  test('takes a key once, and needs an honest request', async () => {
    const tenant = newTenant();
    const { applicant } = await newcomer(tenant, 'sandbox');
    await here.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
    const again = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
    expect(again).toEqual(refused(409, 'key_in_use'));
    const noise = { csr: '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n' };
    expect(await here.ask(tenant, '/v1/enrolment/sandbox', noise)).toEqual(
      refused(422, 'signing_request_invalid'),
    );
    const huge = { csr: `${noise.csr}${'A'.repeat(20_000)}` };
    expect((await here.ask(tenant, '/v1/enrolment/sandbox', huge)).status).toBe(422);
    expect((await here.ask(tenant, '/v1/enrolment/sandbox', { csr: 'A'.repeat(40_000) })).status).toBe(413);
    expect(await trusted(tenant)).toHaveLength(1);
  });

  test('has no further steps', async () => {
    const tenant = newTenant();
    const who = await newcomer(tenant, 'sandbox');
    const { json } = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: who.applicant.csr });
    expect(await submit(tenant, json, who)).toEqual(refused(409, 'enrolment_not_ready'));
    expect(await finish(tenant, json)).toEqual(refused(409, 'enrolment_not_ready'));
  });
});

describe('production', () => {
  test('takes a password, a sample, and then gives the certificate', async () => {
    const tenant = newTenant();
    const who = await newcomer(tenant);
    const first = await begin(tenant, who, await password(tenant));
    expect([first.status, first.json.state]).toEqual([201, 'compliance_issued']);
    expect(new X509Certificate(first.json.compliance_certificate_pem).subject).toContain('OU=compliance');
    expect(await trusted(tenant)).toEqual([]);
    const second = await submit(tenant, first.json, who);
    expect([second.status, second.json.state]).toEqual([200, 'sample_verified']);
    expect(await trusted(tenant)).toEqual([]);
    const third = await finish(tenant, first.json);
    expect([third.status, third.json.state]).toEqual([200, 'production_issued']);
    const leaf = new X509Certificate(third.json.certificate_pem);
    expect(leaf.subject).toContain('OU=production');
    expect(await trusted(tenant)).toMatchObject([{ id: who.applicant.keyId, environment: 'production' }]);
  });

  test('asked for twice is given once', async () => {
    const tenant = newTenant();
    const { who, view } = await begun(tenant);
    await submit(tenant, view, who);
    const [one, two] = [await finish(tenant, view), await finish(tenant, view)];
    expect(two).toEqual(one);
    expect(await trusted(tenant)).toHaveLength(1);
  });

  test('is given for no step that was left out', async () => {
    const tenant = newTenant();
    const { view } = await begun(tenant);
    expect(await finish(tenant, view)).toEqual(refused(409, 'enrolment_not_ready'));
    expect(await trusted(tenant)).toEqual([]);
    const nobody = { ...view, enrolment_id: `enr_${'0'.repeat(24)}` };
    expect(await finish(tenant, nobody)).toEqual(refused(404, 'enrolment_not_found'));
  });

  test('is for one tenant and no other', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const { who, view } = await begun(tenant);
    expect(await submit(other, view, who)).toEqual(refused(404, 'enrolment_not_found'));
    expect((await here.ask(other, `/v1/enrolment/${view.enrolment_id}`)).status).toBe(404);
  });

  test('ends with the hour of its compliance certificate', async () => {
    const tenant = newTenant();
    const { who, view } = await begun(tenant);
    here.advance(2 * 3_600_000);
    expect(await submit(tenant, view, who)).toEqual(refused(422, 'certificate_expired'));
  });
});

describe('a password', () => {
  test('works once', async () => {
    const tenant = newTenant();
    const secret = await password(tenant);
    expect((await begin(tenant, await newcomer(tenant), secret)).status).toBe(201);
    expect(await begin(tenant, await newcomer(tenant), secret)).toEqual(refused(403, 'password_invalid'));
  });

  test('works once, however many try at the same time', async () => {
    const tenant = newTenant();
    const secret = await password(tenant);
    const many = await Promise.all(Array.from({ length: 8 }, () => newcomer(tenant)));
    const answers = await Promise.all(many.map((who) => begin(tenant, who, secret)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403, 403, 403, 403, 403]);
  });

  test('works neither for another tenant nor after its time', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const secret = await password(tenant, 5);
    expect(await begin(other, await newcomer(other), secret)).toEqual(refused(403, 'password_invalid'));
    here.advance(6 * 60_000);
    expect(await begin(tenant, await newcomer(tenant), secret)).toEqual(refused(403, 'password_invalid'));
  });

  test('is not used up by a request that is refused for another reason', async () => {
    const tenant = newTenant();
    const secret = await password(tenant);
    const csr = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
    const bad = await here.ask(tenant, '/v1/enrolment/compliance', { csr, password: secret });
    expect(bad).toEqual(refused(422, 'signing_request_invalid'));
    expect((await begin(tenant, await newcomer(tenant), secret)).status).toBe(201);
  });

  test('cannot be guessed: after ten wrong ones the right one does not help either, in that hour and tenant', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const [secret, theirs] = [await password(tenant, 600), await password(other)];
    const who = await newcomer(tenant);
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, n) => begin(tenant, who, `GUESS-${n}`)));
    const codes = guesses.map(({ json }) => json.code);
    expect(codes.filter((code) => code === 'password_invalid')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(10);
    expect(await begin(tenant, who, secret)).toEqual(refused(429, 'too_many_attempts'));
    expect((await begin(other, await newcomer(other), theirs)).status).toBe(201);
    here.advance(3_600_000);
    expect((await begin(tenant, who, secret)).status).toBe(201);
  });

  test('that somebody wrote into the table is none', async () => {
    const tenant = newTenant();
    await here.database.client.enrolmentPassword.create({
      data: {
        tenant,
        id: 'otp_0000000000000000',
        digest: passwordDigest('MINE'),
        environment: 'production',
        expiresAt: new Date(here.trust.now().getTime() + 3_600_000),
        createdAt: new Date(),
      },
    });
    const answer = await begin(tenant, await newcomer(tenant), 'MINE');
    expect(answer).toEqual(refused(403, 'password_invalid'));
  });

  test('is kept nowhere', async () => {
    const tenant = newTenant();
    const secret = await password(tenant);
    await begin(tenant, await newcomer(tenant), secret);
    const orders = await here.database.client.order.findMany({ where: { tenant } });
    expect(orders).toHaveLength(2);
    for (const { statement } of orders) {
      const { dsseEnvelope } = JSON.parse(Buffer.from(statement).toString('utf8'));
      expect(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8')).not.toContain(secret);
    }
  });
});

describe('a sample is refused', () => {
  test('by another key, of another challenge, or of another enrolment', async () => {
    const tenant = newTenant();
    const { who, view } = await begun(tenant);
    const other = await begun(tenant);
    expect(await submit(tenant, view, other.who)).toEqual(refused(422, 'sample_invalid'));
    const challenge = { challenge: 'f'.repeat(64) };
    expect(await submit(tenant, view, who, challenge)).toEqual(refused(422, 'sample_invalid'));
    const bundle = await sampleOf(other.view, other.who);
    const path = `/v1/enrolment/${view.enrolment_id}/sample`;
    expect(await here.ask(tenant, path, { bundle })).toEqual(refused(422, 'sample_invalid'));
    expect((await submit(tenant, view, who)).status).toBe(200);
  });

  test('when it comes again', async () => {
    const tenant = newTenant();
    const { who, view } = await begun(tenant);
    const bundle = await sampleOf(view, who);
    const path = `/v1/enrolment/${view.enrolment_id}/sample`;
    expect((await here.ask(tenant, path, { bundle })).status).toBe(200);
    expect(await here.ask(tenant, path, { bundle })).toEqual(refused(409, 'enrolment_not_ready'));
  });

  test('when it is too large', async () => {
    const tenant = newTenant();
    const { view } = await begun(tenant);
    const path = `/v1/enrolment/${view.enrolment_id}/sample`;
    expect((await here.ask(tenant, path, { bundle: { a: 'x'.repeat(70_000) } })).status).toBe(413);
  });
});

describe('whoever writes into the tables gets no key believed', () => {
  const change = (tenant: string, id: string, data: object) =>
    here.database.client.enrolment.update({ where: { tenant_id: { tenant, id } }, data });

  test('by a state that was never reached', async () => {
    const tenant = newTenant();
    const { view } = await begun(tenant);
    await change(tenant, view.enrolment_id, { state: 'sample_verified', sampleVerifiedAt: new Date() });
    expect(await finish(tenant, view)).toEqual(refused(409, 'enrolment_not_ready'));
    await change(tenant, view.enrolment_id, { gateway: { sample_order: `order_${'0'.repeat(32)}` } });
    expect(await finish(tenant, view)).toEqual(refused(403, 'order_invalid'));
    await change(tenant, view.enrolment_id, {
      state: 'production_issued',
      certificate: view.compliance_certificate_pem,
    });
    expect(await finish(tenant, view)).toEqual(refused(403, 'order_invalid'));
    expect(await trusted(tenant)).toEqual([]);
  });

  test('by another key in the place of the one that proved itself', async () => {
    const tenant = newTenant();
    const { who, view } = await begun(tenant);
    await submit(tenant, view, who);
    const thief = await newcomer(tenant);
    await change(tenant, view.enrolment_id, { csr: thief.applicant.csr, keyId: thief.applicant.keyId });
    await finish(tenant, view);
    expect((await trusted(tenant)).map(({ id }) => id)).toEqual([who.applicant.keyId]);
  });

  test("by another enrolment's order or a certificate that somebody else made", async () => {
    const tenant = newTenant();
    const [mine, other] = [await begun(tenant), await begun(tenant)];
    await submit(tenant, mine.view, mine.who);
    const { orderId } = await here.database.client.enrolment.findUniqueOrThrow({
      where: { tenant_id: { tenant, id: other.view.enrolment_id } },
    });
    const original = await here.database.client.enrolment.findUniqueOrThrow({
      where: { tenant_id: { tenant, id: mine.view.enrolment_id } },
    });
    await change(tenant, mine.view.enrolment_id, { orderId });
    expect(await finish(tenant, mine.view)).toEqual(refused(403, 'order_invalid'));
    const { compliance_certificate_pem } = other.view;
    await change(tenant, mine.view.enrolment_id, {
      orderId: original.orderId,
      complianceCertificate: compliance_certificate_pem,
    });
    expect(await finish(tenant, mine.view)).toEqual(refused(502, 'authority_refused'));
    expect(await trusted(tenant)).toEqual([]);
  });
});

describe('a step that is taken twice', () => {
  test('after its outcome was lost gives the same answer, and one key', async () => {
    const tenant = newTenant();
    const who = await newcomer(tenant);
    const secret = await password(tenant);
    const steps: string[] = [];
    const twice = async (action: Parameters<Installation['order']>[1]) => {
      const { id, result } = await here.order(tenant, action);
      await here.database.client.order.update({
        where: { tenant_id: { tenant, id } },
        data: { carriedOutAt: null, outcome: undefined as never },
      });
      await here.database.client
        .$executeRaw`UPDATE orders SET outcome = NULL WHERE tenant = ${tenant} AND id = ${id}`;
      expect(await carryOut(here.trust, { tenant, orderId: id })).toEqual({ state: 'done', result });
      steps.push(id);
      return result as { enrolment_id: string };
    };
    const { enrolment_id } = await twice({
      kind: 'request_compliance',
      csr: who.applicant.csr,
      password_digest: passwordDigest(secret),
      password: null,
    });
    const { json: view } = await here.ask(tenant, `/v1/enrolment/${enrolment_id}`);
    const sample = JSON.stringify(await sampleOf(view, who));
    await twice({ kind: 'submit_sample', enrolment_id, sample });
    await twice({ kind: 'request_production', enrolment_id });
    const sandbox = await newcomer(tenant, 'sandbox');
    await twice({ kind: 'enrol_sandbox', csr: sandbox.applicant.csr });
    expect(new Set(steps).size).toBe(4);
    expect(await trusted(tenant)).toHaveLength(2);
    expect(await here.database.client.issuedCertificate.count({ where: { tenant } })).toBe(3);
  });

  test.each(['production', 'sandbox'] as const)(
    'after Trust died between the certificate and its own list ends with one key in %s',
    async (environment) => {
      const tenant = newTenant();
      const who = await newcomer(tenant, environment);
      const dying = {
        ...here.trust,
        permitSigner: { ...here.trust.permitSigner, sign: () => Promise.reject(new Error('killed')) },
      };
      let view: EnrolmentView | undefined;
      if (environment === 'production') {
        view = (await begin(tenant, who, await password(tenant))).json as EnrolmentView;
        await submit(tenant, view, who);
      }
      here.trustIs('away');
      const { id: orderId } = await here.order(
        tenant,
        view === undefined
          ? { kind: 'enrol_sandbox', csr: who.applicant.csr }
          : { kind: 'request_production', enrolment_id: view.enrolment_id },
      );
      here.trustIs('there');
      await expect(carryOut(dying, { tenant, orderId })).rejects.toThrow('killed');
      expect(await trusted(tenant)).toEqual([]);
      const [done] = await here.catchUp();
      expect(done).toMatchObject({ state: 'done', result: { key_id: who.applicant.keyId } });
      const { enrolment_id } = (done as unknown as { result: { enrolment_id: string } }).result;
      const { json } = await here.ask(tenant, `/v1/enrolment/${enrolment_id}`);
      expect(await trusted(tenant)).toMatchObject([
        { id: who.applicant.keyId, certificate_pem: json.certificate_pem },
      ]);
    },
  );

  test('waits while Trust is away, and is taken later', async () => {
    const tenant = newTenant();
    const { applicant } = await newcomer(tenant, 'sandbox');
    here.trustIs('away');
    const { status, json } = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
    expect([status, json.enrolment_id]).toEqual([202, null]);
    here.trustIs('there');
    expect(await here.catchUp()).toMatchObject([{ state: 'done', result: { key_id: applicant.keyId } }]);
    const order = (await here.ask(tenant, `/v1/orders/${json.order_id}`)).json;
    expect((await here.ask(tenant, `/v1/enrolment/${order.result.enrolment_id}`)).json.state).toBe(
      'sandbox_issued',
    );
  });
});

describe('revocation', () => {
  test('of a key lists its certificates, for good', async () => {
    const tenant = newTenant();
    const [bad, good] = [await newcomer(tenant, 'sandbox'), await newcomer(tenant, 'sandbox')];
    const serials: string[] = [];
    for (const { applicant } of [bad, good]) {
      const { json } = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
      serials.push(new X509Certificate(json.certificate_pem).serialNumber.toLowerCase());
    }
    const status = async (serial: string, as = tenant) =>
      (await here.ask(as, `/v1/authority/certificates/${serial}`)).json.status;
    expect(await status(serials[0]!)).toBe('good');
    const { keyId } = bad.applicant;
    expect(await revokeCertificates(here.trust, tenant, keyId, 'key_compromise')).toBe(1);
    expect(await revokeCertificates(here.trust, tenant, keyId, 'superseded')).toBe(1);
    expect(await revokeCertificates(here.trust, newTenant(), keyId, 'superseded')).toBe(0);
    expect(await Promise.all(serials.map((serial) => status(serial)))).toEqual(['revoked', 'good']);
    expect(await status(serials[0]!, newTenant())).toBe('unknown');
    expect((await here.ask(tenant, `/v1/authority/certificates/${serials[0]}`)).json.reason).toBe(
      'key_compromise',
    );
    await here.database.client.issuedCertificate.updateMany({ where: { tenant }, data: { revokedAt: null } });
    await refreshRevocationList(here.trust);
    expect(await status(serials[0]!)).toBe('revoked');
  });

  test('many at once all end on the newest list', async () => {
    const tenant = newTenant();
    const many = await Promise.all(Array.from({ length: 5 }, () => newcomer(tenant, 'sandbox')));
    const serials = await Promise.all(
      many.map(async ({ applicant }) => {
        const { json } = await here.ask(tenant, '/v1/enrolment/sandbox', { csr: applicant.csr });
        return new X509Certificate(json.certificate_pem).serialNumber.toLowerCase();
      }),
    );
    await Promise.all(
      many.map(({ applicant }) => revokeCertificates(here.trust, tenant, applicant.keyId, 'superseded')),
    );
    const asked = serials.map((serial) => here.ask(tenant, `/v1/authority/certificates/${serial}`));
    expect((await Promise.all(asked)).map(({ json }) => json.status)).toEqual(serials.map(() => 'revoked'));
  });

  test('is open to everybody, chain and list alike', async () => {
    await refreshRevocationList(here.trust);
    const list = await fetch(`${here.address}/v1/authority/crl`);
    expect([list.status, list.headers.get('content-type')]).toEqual([200, 'application/pkix-crl']);
    const chain = await fetch(`${here.address}/v1/authority/certificates`);
    expect(await chain.text()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });
});

describe('an external gateway', () => {
  test('issues for production by its own passwords; what it gave is forgotten when it is done', async () => {
    const gateway = await startGateway(here.trust.builtInAuthority!);
    const authority = openGatewayAuthority(`${gateway.address}/csid`);
    const there = await startInstallation(join(folder, 'with-gateway'), {
      authority,
      gateway: gateway.address,
    });
    try {
      const tenant = newTenant();
      const who = await newcomer(tenant);
      expect(await begin(tenant, who, 'WRONG-ONE', there)).toEqual(refused(502, 'authority_refused'));
      const first = await begin(tenant, who, gateway.issuePassword(), there);
      expect([first.status, first.json.state]).toEqual([201, 'compliance_issued']);
      expect(JSON.stringify(first.json)).not.toContain('secret');
      expect((await submit(tenant, first.json, who, {}, there)).status).toBe(200);
      gateway.behave('500');
      expect((await finish(tenant, first.json, there)).status).toBe(503);
      gateway.behave('well');
      expect((await finish(tenant, first.json, there)).json.state).toBe('production_issued');
      expect(await trusted(tenant, there)).toMatchObject([{ id: who.applicant.keyId }]);
      const row = await there.database.client.enrolment.findFirstOrThrow({ where: { tenant } });
      expect(row.gateway).toEqual({ sample_order: expect.any(String) });
    } finally {
      await there.stop();
      await gateway.stop();
    }
  });
});

describe('certus enrol', () => {
  async function certus(tenant: string, name: string, ...words: string[]) {
    const workingDirectory = join(folder, name);
    mkdirSync(workingDirectory, { recursive: true });
    let stdout = '';
    let stderr = '';
    const exitCode = await execute(words, {
      environment: { CERTUS_API_URL: here.address, CERTUS_TOKEN: tenant },
      workingDirectory,
      checkout: folder,
      stdout: { write: (text: string) => (stdout += text) } as unknown as NodeJS.WriteStream,
      stderr: { write: (text: string) => (stderr += text) } as unknown as NodeJS.WriteStream,
    });
    return { exitCode, stdout, stderr, file: (file: string) => join(workingDirectory, file) };
  }

  test('makes a key, keeps it, and brings the certificate home', async () => {
    const tenant = newTenant();
    const { exitCode, stdout, file } = await certus(tenant, 'one', 'enrol', '-o', 'json');
    expect(exitCode).toBe(0);
    const leaf = new X509Certificate(readFileSync(file('certus.cert.pem')));
    const id = keyId(leaf.publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(JSON.parse(stdout)).toMatchObject({ key_id: id, environment: 'sandbox' });
    expect(statSync(file('certus.key.pem')).mode & 0o777).toBe(0o600);
    expect(stdout).not.toContain('PRIVATE');
    expect((await trusted(tenant)).map((key) => key.id)).toEqual([id]);
    const again = await certus(tenant, 'one', 'enrol');
    expect([again.exitCode, again.stderr]).toEqual([64, expect.stringContaining('file_exists')]);
  });

  test('goes the whole way to production with the password of an administrator', async () => {
    const tenant = newTenant();
    const issued = await certus(tenant, 'two', 'enrol', 'password', '--minutes', '5', '-o', 'json');
    const { password: secret } = JSON.parse(issued.stdout);
    const without = await certus(tenant, 'two', 'enrol', '--environment', 'production');
    expect(without.exitCode).toBe(64);
    const words = ['enrol', '--environment', 'production', '--password', secret, '--key', 'own.pem'];
    const { exitCode, stderr, file } = await certus(tenant, 'two', ...words);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('own.pem')]);
    expect(new X509Certificate(readFileSync(file('certus.cert.pem'))).subject).toContain('OU=production');
    expect(await trusted(tenant)).toMatchObject([{ environment: 'production' }]);
  });

  test('uses a key that is there, unless others can read it', async () => {
    const tenant = newTenant();
    const { privateKey, applicant } = await newcomer(tenant, 'sandbox');
    mkdirSync(join(folder, 'three'));
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(folder, 'three', 'open.pem'), pem, { mode: 0o644 });
    writeFileSync(join(folder, 'three', 'own.pem'), pem, { mode: 0o600 });
    const open = await certus(tenant, 'three', 'enrol', '--key', 'open.pem');
    expect([open.exitCode, open.stderr]).toEqual([65, expect.stringContaining('chmod 600')]);
    expect((await certus(tenant, 'three', 'enrol', '--key', 'own.pem')).exitCode).toBe(0);
    expect((await trusted(tenant)).map((key) => key.id)).toEqual([applicant.keyId]);
  });
});
