import { X509Certificate } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  BuiltInAuthority,
  CertificateAuthority,
} from '../../services/authority/certificate-authority.ts';
import { openGatewayAuthority } from '../../services/authority/gateway-authority.ts';
import { builtInAuthority } from '../unit/enrolment/authorities.ts';
import { type Gateway, startGateway } from '../unit/enrolment/gateway.ts';
import { newcomer } from '../unit/enrolment/requests.ts';
import { temporaryFolder } from '../unit/scan/sources.ts';

const folder = temporaryFolder('authority');
let ours: BuiltInAuthority;
let gateway: Gateway;

beforeAll(async () => {
  ours = await builtInAuthority(folder);
  gateway = await startGateway(ours);
});
afterEach(() => gateway.behave('well'));
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const fast = { timeoutMs: 300, maxBytes: 64 * 1024 };
const AUTHORITIES: Readonly<Record<string, () => CertificateAuthority>> = {
  'built in': () => ours,
  'a gateway': () => openGatewayAuthority(`${gateway.address}/csid/`, fast),
};

describe.each(Object.keys(AUTHORITIES))('%s', (name) => {
  const authority = () => AUTHORITIES[name]!();

  test('leads a newcomer from request to certificate', async () => {
    const { applicant } = await newcomer();
    const password = gateway.issuePassword();
    const { certificate, continuation } = await authority().requestCompliance(applicant, password);
    const grant = { certificatePem: certificate.certificatePem, continuation };
    await authority().submitSample(applicant, grant, '{"a":"sample"}');
    const issued = await authority().requestProduction(applicant, grant);
    const [compliance, production] = [certificate, issued].map(
      ({ certificatePem }) => new X509Certificate(certificatePem),
    ) as [X509Certificate, X509Certificate];
    for (const one of [compliance, production]) {
      expect(one.publicKey.export({ type: 'spki', format: 'pem' })).toBe(applicant.publicKeyPem);
      expect(one.ca).toBe(false);
    }
    expect(production.serialNumber.toLowerCase()).toBe(issued.serial);
    expect(production.serialNumber).not.toBe(compliance.serialNumber);
    expect(production.validToDate).toEqual(issued.notAfter);
    expect(issued.notAfter.getTime()).toBeGreaterThan(certificate.notAfter.getTime());
  });

  test("goes on with nobody else's grant", async () => {
    const [one, other] = [await newcomer(), await newcomer()];
    const { certificate, continuation } = await authority().requestCompliance(
      one.applicant,
      gateway.issuePassword(),
    );
    const grant = { certificatePem: certificate.certificatePem, continuation };
    await authority().submitSample(one.applicant, grant, '{}');
    await expect(authority().requestProduction(other.applicant, grant)).rejects.toMatchObject({
      code: 'authority_refused',
    });
    await expect(authority().requestProduction(one.applicant, grant)).resolves.toMatchObject({
      serial: expect.any(String),
    });
  });
});

describe('a gateway', () => {
  const begin = async (password: string | null = gateway.issuePassword()) => {
    const { applicant } = await newcomer();
    return AUTHORITIES['a gateway']!().requestCompliance(applicant, password);
  };

  test.each(['wrong', 'used'])('says no to a password that is %s', async (kind) => {
    const password = kind === 'used' ? gateway.issuePassword() : 'WRONG-PASSWORD';
    if (kind === 'used') await begin(password);
    await expect(begin(password)).rejects.toMatchObject({ code: 'authority_refused', retryable: false });
  });

  test.each([null, '', 'abc', 'two\r\nX-Admin: yes', 'caf\u00e9-caf\u00e9', 'x'.repeat(129)])(
    'never sees %j as a password',
    async (password) => {
      const before = gateway.requests();
      await expect(begin(password)).rejects.toMatchObject({ code: 'authority_refused' });
      expect(gateway.requests()).toBe(before);
    },
  );

  test.each(['500', 'slow', 'gone', '429', 'half'] as const)('may be back when it is %s', async (how) => {
    gateway.behave(how);
    await expect(begin()).rejects.toMatchObject({ code: 'authority_unavailable', retryable: true });
    gateway.behave('well');
    await expect(begin()).resolves.toMatchObject({ continuation: { request_id: expect.any(String) } });
  });

  test.each(['garbage', 'huge', 'not issued', 'no certificate', 'redirect', '404'] as const)(
    'is not believed when it answers %s',
    async (how) => {
      gateway.behave(how);
      await expect(begin()).rejects.toMatchObject({ code: 'authority_refused', retryable: false });
    },
  );

  test('that certifies the key of somebody else is not believed', async () => {
    gateway.behave('other key');
    await expect(begin()).rejects.toMatchObject({
      code: 'authority_refused',
      message: expect.stringContaining('another key'),
    });
  });

  test('tells neither password nor secret in its errors', async () => {
    for (const how of ['500', 'garbage', 'gone'] as const) {
      gateway.behave(how);
      const password = gateway.issuePassword();
      const error = await begin(password).catch((caught: unknown) => caught);
      expect(JSON.stringify([String(error), (error as Error).stack])).not.toContain(password);
    }
  });
});
