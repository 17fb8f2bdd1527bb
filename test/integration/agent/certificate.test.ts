// needs: cosign
import { spawnSync } from 'node:child_process';
import { sign, X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { sealMessage } from '../../../domain/custody/seal-message.ts';
import { builtInAuthority } from '../../unit/enrolment/authorities.ts';
import { newcomer } from '../../unit/enrolment/requests.ts';
import { temporaryFolder } from '../../unit/scan/sources.ts';

const folder = temporaryFolder('agent-certificate');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const certificatesIn = (pem: string): string[] =>
  (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map((one) =>
    new X509Certificate(one).raw.toString('base64'),
  );

test('what signs and connects with one certificate is believed by stock cosign as what only signs', async () => {
  const authority = await builtInAuthority(folder);
  const { applicant, privateKey } = await newcomer('acme', 'sandbox');
  const { certificatePem } = await authority.issueSandbox(applicant);
  const leaf = new X509Certificate(certificatePem);
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.2']);
  const signer = {
    ...{ keyId: applicant.keyId, publicKeyPem: applicant.publicKeyPem },
    sign: async (bytes: Uint8Array) => sign('sha256', bytes, privateKey),
  };
  const content = Buffer.from('a release\n');
  const rootOf = (chain: string) =>
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [
        {
          subject: { organization: 'acme', commonName: 'Certus' },
          uri: '',
          certChain: { certificates: certificatesIn(chain).map((rawBytes) => ({ rawBytes })) },
          validFor: { start: '2025-01-01T00:00:00Z' },
        },
      ],
    });
  const strange = await builtInAuthority(join(folder, 'strange'));
  writeFileSync(join(folder, 'release.txt'), content);
  writeFileSync(join(folder, 'bundle.json'), await sealMessage(content, signer, leaf.raw));
  writeFileSync(join(folder, 'root.json'), rootOf(authority.chainPem));
  writeFileSync(join(folder, 'strange.json'), rootOf(strange.chainPem));
  const takes = (root: string) =>
    spawnSync(
      process.env.CERTUS_COSIGN ?? '',
      [
        ...['verify-blob', '--trusted-root', root, '--bundle', 'bundle.json', '--insecure-ignore-tlog'],
        ...['--certificate-identity', `https://certus.dev/signers/acme/sandbox/${applicant.keyId}`],
        ...['--certificate-oidc-issuer-regexp', '.*', '--insecure-ignore-sct', 'release.txt'],
      ],
      { cwd: folder, encoding: 'utf8', env: { HOME: folder, PATH: process.env.PATH } },
    );
  expect(takes('root.json')).toMatchObject({ status: 0 });
  expect(takes('strange.json').status).not.toBe(0);
});
