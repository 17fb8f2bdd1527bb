// needs: openssl
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyId } from '../../../contracts/key-id.ts';
import { checkCertificateChain } from '../../../domain/keys/certificate-chain.ts';
import { openBuiltInAuthority } from '../../../services/authority/built-in-authority.ts';
import type { BuiltInAuthority } from '../../../services/authority/certificate-authority.ts';
import { ensureLocalAuthority } from '../../../services/authority/local-authority.ts';
import { readRevocationList } from '../../../services/authority/read-revocation-list.ts';
import { temporaryFolder } from '../scan/sources.ts';
import { authorityFiles, builtInAuthority } from './authorities.ts';
import { newcomer } from './requests.ts';

const folder = temporaryFolder('built-in');
const HOUR = 3_600_000;
let clock = new Date('2026-11-21T12:00:00.000Z');
let authority: BuiltInAuthority;
beforeAll(async () => {
  clock = new Date();
  authority = await builtInAuthority(folder, () => clock);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Splits the chain into files, as stock tools want them. */
function openssl(...args: string[]): string {
  const [issuing, root] = authority.chainPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----\n/g)!;
  writeFileSync(join(folder, 'issuing.pem'), issuing!);
  writeFileSync(join(folder, 'root.pem'), root!);
  return execFileSync(process.env.CERTUS_OPENSSL ?? 'openssl', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
const store = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

describe('a certificate', () => {
  test('says what we know and nothing that was asked for', async () => {
    const { applicant } = await newcomer('acme', 'sandbox');
    const { certificatePem, serial } = await authority.issueSandbox(applicant);
    store('leaf.pem', certificatePem);
    const text = openssl('x509', '-in', 'leaf.pem', '-noout', '-text');
    expect(text).toContain(`Subject: O = acme, OU = sandbox, CN = ${applicant.keyId}`);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\s/);
    expect(text).toMatch(/Extended Key Usage:\s+Code Signing, TLS Web Client Authentication\s/);
    expect(text).toContain(`URI:https://certus.dev/signers/acme/sandbox/${applicant.keyId}`);
    expect(openssl('x509', '-in', 'leaf.pem', '-noout', '-serial').trim()).toBe(
      `serial=${serial.toUpperCase()}`,
    );
  });

  test('lets nobody connect who has only shown a sample', async () => {
    const { applicant } = await newcomer('acme', 'production');
    const { certificate } = await authority.requestCompliance(applicant, null);
    store('leaf.pem', certificate.certificatePem);
    expect(openssl('x509', '-in', 'leaf.pem', '-noout', '-text')).toMatch(
      /Extended Key Usage:\s+Code Signing\s/,
    );
    const verify = ['verify', '-untrusted', 'issuing.pem', '-CAfile', 'root.pem', 'leaf.pem'];
    expect(openssl(...verify)).toContain('leaf.pem: OK');
    expect(() => openssl(...verify.toSpliced(1, 0, '-purpose', 'sslclient'))).toThrow();
    store('leaf.pem', (await authority.issueSandbox(applicant)).certificatePem);
    expect(openssl(...verify.toSpliced(1, 0, '-purpose', 'sslclient'))).toContain('leaf.pem: OK');
  });

  test('holds under the root for stock tools, and under no other root', async () => {
    const { applicant } = await newcomer('acme', 'sandbox');
    store('leaf.pem', (await authority.issueSandbox(applicant)).certificatePem);
    const verify = ['verify', '-x509_strict', '-untrusted', 'issuing.pem'];
    expect(openssl(...verify, '-CAfile', 'root.pem', 'leaf.pem')).toContain('leaf.pem: OK');
    const other = await builtInAuthority(join(folder, 'other'));
    store('other-root.pem', other.chainPem.slice(other.chainPem.lastIndexOf('-----BEGIN')));
    expect(() => openssl(...verify, '-CAfile', 'other-root.pem', 'leaf.pem')).toThrow();
  });

  test('passes the check that keys of tenants go through', async () => {
    const { applicant } = await newcomer('acme', 'sandbox');
    const { certificatePem, notAfter } = await authority.issueSandbox(applicant);
    const checked = checkCertificateChain(certificatePem, clock);
    expect(checked).toMatchObject({ publicKeyPem: applicant.publicKeyPem, notAfter });
    expect(checked.certificatePem.match(/BEGIN/g)).toHaveLength(3);
  });

  test.each([
    ['EC P-384', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 3072 })],
  ])('can be of a key of the kind %s', async (_kind, make) => {
    const publicKeyPem = make().publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const id = keyId(publicKeyPem);
    const applicant = { tenant: 'acme', environment: 'sandbox', keyId: id, publicKeyPem, csr: '' } as const;
    const { certificatePem } = await authority.issueSandbox(applicant);
    expect(keyId(checkCertificateChain(certificatePem, clock).publicKeyPem)).toBe(id);
    store('leaf.pem', certificatePem);
    expect(
      openssl('verify', '-x509_strict', '-untrusted', 'issuing.pem', '-CAfile', 'root.pem', 'leaf.pem'),
    ).toContain('OK');
  });

  test('lasts as long as its profile says', async () => {
    const { applicant } = await newcomer();
    const lasts = ({ notAfter }: { notAfter: Date }) =>
      Math.round((notAfter.getTime() - clock.getTime()) / HOUR);
    const { certificate } = await authority.requestCompliance(applicant, null);
    const grant = { certificatePem: certificate.certificatePem, continuation: null };
    expect(lasts(await authority.issueSandbox(applicant))).toBe(24);
    expect(lasts(certificate)).toBe(1);
    expect(lasts(await authority.requestProduction(applicant, grant))).toBe(365 * 24);
  });

  test('has a number that nobody can guess', async () => {
    const { applicant } = await newcomer();
    const many = await Promise.all(Array.from({ length: 50 }, () => authority.issueSandbox(applicant)));
    expect(new Set(many.map(({ serial }) => serial)).size).toBe(50);
    for (const { serial } of many) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  test('is not issued any more once the authority itself has expired', async () => {
    const { applicant } = await newcomer();
    const late = await builtInAuthority(folder, () => new Date(Date.now() + 11 * 365 * 24 * HOUR));
    await expect(late.issueSandbox(applicant)).rejects.toMatchObject({ code: 'authority_refused' });
  });
});

describe('the grant of an enrolment', () => {
  const refusal = (certificatePem: string, who: Awaited<ReturnType<typeof newcomer>>) =>
    authority
      .requestProduction(who.applicant, { certificatePem, continuation: null })
      .then(() => undefined)
      .catch((error: { code: string }) => error.code);

  test('is a compliance certificate of ours, of this key, of this tenant, in its hour', async () => {
    const who = await newcomer();
    const { certificate } = await authority.requestCompliance(who.applicant, null);
    expect(await refusal(certificate.certificatePem, who)).toBeUndefined();
    const elsewhere = await builtInAuthority(join(folder, 'elsewhere'), () => clock);
    const forged = await elsewhere.requestCompliance(who.applicant, null);
    expect(await refusal(forged.certificate.certificatePem, who)).toBe('authority_refused');
    const sandbox = await authority.issueSandbox({ ...who.applicant, environment: 'sandbox' });
    expect(await refusal(sandbox.certificatePem, who)).toBe('authority_refused');
    const globex = { ...who, applicant: { ...who.applicant, tenant: 'globex' } };
    expect(await refusal(certificate.certificatePem, globex)).toBe('authority_refused');
    expect(await refusal('nothing', who)).toBe('certificate_invalid');
    const then = clock;
    clock = new Date(then.getTime() + 2 * HOUR);
    expect(await refusal(certificate.certificatePem, who)).toBe('certificate_expired');
    clock = then;
  });
});

describe('the revocation list', () => {
  test('is one that openssl goes by', async () => {
    const [good, bad] = [
      await authority.issueSandbox((await newcomer('acme', 'sandbox')).applicant),
      await authority.issueSandbox((await newcomer('acme', 'sandbox')).applicant),
    ];
    const revoked = [{ serial: bad.serial, revokedAt: clock, reason: 'key_compromise' as const }];
    const list = await authority.revoke(200, revoked, undefined);
    store('list.der', list.der);
    store('good.pem', good.certificatePem);
    store('bad.pem', bad.certificatePem);
    const text = openssl(
      'crl',
      '-inform',
      'der',
      '-in',
      'list.der',
      '-CAfile',
      'issuing.pem',
      '-noout',
      '-text',
    );
    expect(text).toMatch(/X509v3 CRL Number:\s+200\s/);
    expect(text).toMatch(/Key Compromise/);
    openssl('crl', '-inform', 'der', '-in', 'list.der', '-out', 'list.pem');
    const check = [
      'verify',
      '-crl_check',
      '-CRLfile',
      'list.pem',
      '-partial_chain',
      '-trusted',
      'issuing.pem',
    ];
    expect(openssl(...check, 'good.pem')).toContain('good.pem: OK');
    expect(() => openssl(...check, 'bad.pem')).toThrow(/certificate revoked/);
    const read = await readRevocationList(list.der, authority.chainPem);
    expect(read.listNumber).toBe(200);
    expect([...read.revoked]).toEqual([[bad.serial, expect.objectContaining({ reason: 'key_compromise' })]]);
  });

  test('forgets nothing, whatever became of the table', async () => {
    const revoked = [{ serial: '4a'.repeat(16), revokedAt: clock, reason: 'superseded' as const }];
    const first = await authority.revoke(1, revoked, undefined);
    const second = await authority.revoke(2, [], first.der);
    const { revoked: still } = await readRevocationList(second.der, authority.chainPem);
    expect([...still.keys()]).toEqual(['4a'.repeat(16)]);
  });

  test('takes nothing over from a list of somebody else, and is made all the same', async () => {
    const stranger = await builtInAuthority(join(folder, 'stranger'), () => clock);
    const theirs = [{ serial: '4b'.repeat(16), revokedAt: clock, reason: 'superseded' as const }];
    for (const previous of [(await stranger.revoke(1, theirs, undefined)).der, Buffer.from('noise')]) {
      const list = await authority.revoke(2, [], previous);
      expect((await readRevocationList(list.der, authority.chainPem)).revoked.size).toBe(0);
    }
  });

  test('is believed only as the authority signed it', async () => {
    const stranger = await builtInAuthority(join(folder, 'stranger'), () => clock);
    const { der } = await stranger.revoke(1, [], undefined);
    await expect(readRevocationList(der, authority.chainPem)).rejects.toMatchObject({
      code: 'certificate_invalid',
    });
    await expect(readRevocationList(Buffer.from('noise'), authority.chainPem)).rejects.toMatchObject({
      code: 'certificate_invalid',
    });
  });
});

describe('the files of a local authority', () => {
  test('are made once, by many at once too', async () => {
    const files = authorityFiles(join(folder, 'once'));
    await Promise.all([1, 2, 3].map(() => ensureLocalAuthority(files)));
    const before = [files.rootKeyFile, files.issuingKeyFile, files.chainFile].map((file) =>
      readFileSync(file, 'utf8'),
    );
    await ensureLocalAuthority(files);
    const after = [files.rootKeyFile, files.issuingKeyFile, files.chainFile].map((file) =>
      readFileSync(file, 'utf8'),
    );
    expect(after).toEqual(before);
    expect(dirname(files.rootKeyFile)).not.toBe(dirname(files.issuingKeyFile));
    for (const file of [files.rootKeyFile, files.issuingKeyFile])
      expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(
      openBuiltInAuthority({ keyFile: files.issuingKeyFile, chainFile: files.chainFile }),
    ).resolves.toMatchObject({ passwords: 'ours' });
  });

  test('whose chain is moved away are made anew with the same keys, and what was issued before holds', async () => {
    const files = authorityFiles(join(folder, 'moved'));
    const before = await builtInAuthority(join(folder, 'moved'));
    const { applicant } = await newcomer('acme', 'sandbox');
    store('before.pem', (await before.issueSandbox(applicant)).certificatePem);
    rmSync(files.chainFile);
    const after = await builtInAuthority(join(folder, 'moved'));
    expect(after.chainPem).not.toBe(before.chainPem);
    const [issuing = '', root = ''] =
      after.chainPem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----\n/g) ?? [];
    store('new-issuing.pem', issuing);
    store('new-root.pem', root);
    expect(
      openssl('verify', '-untrusted', 'new-issuing.pem', '-CAfile', 'new-root.pem', 'before.pem'),
    ).toContain('before.pem: OK');
  });

  test('do without the root key from then on', async () => {
    const files = authorityFiles(join(folder, 'offline'));
    await ensureLocalAuthority(files);
    unlinkSync(files.rootKeyFile);
    await ensureLocalAuthority(files);
    expect(() => statSync(files.rootKeyFile)).toThrow();
  });

  test('are refused when others can read them, do not belong together, or are something else', async () => {
    const files = authorityFiles(join(folder, 'bad'));
    await ensureLocalAuthority(files);
    const open = (keyFile: string, chainFile = files.chainFile) =>
      openBuiltInAuthority({ keyFile, chainFile });
    await expect(open(files.rootKeyFile)).rejects.toMatchObject({ code: 'key_mismatch' });
    await expect(open(files.issuingKeyFile, files.issuingKeyFile)).rejects.toMatchObject({
      code: 'certificate_invalid',
    });
    mkdirSync(join(folder, 'bad', 'x'), { recursive: true });
    const noKey = join(folder, 'bad', 'x', 'none.pem');
    writeFileSync(noKey, 'hello', { mode: 0o600 });
    for (const file of [noKey, `${noKey}.none`])
      await expect(open(file)).rejects.toMatchObject({ code: 'key_unusable' });
    chmodSync(files.issuingKeyFile, 0o640);
    await expect(open(files.issuingKeyFile)).rejects.toMatchObject({ code: 'key_unusable' });
  });

  test('name themselves differently in every installation', async () => {
    const other = await builtInAuthority(join(folder, 'other-name'));
    const issuer = (pem: string) => new X509Certificate(pem).subject;
    expect(issuer(other.chainPem)).not.toBe(issuer(authority.chainPem));
  });
});
