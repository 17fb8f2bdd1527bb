import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { authority, certificate, type Made } from '../../unit/keys/certificates.ts';

const from = new Date(Date.now() - 3_600_000);
const until = new Date(Date.now() + 3_600_000);

export type Authority = { readonly root: Made; readonly server: Made; readonly agent: () => Promise<Made> };

/** Who vouches for a platform and its agents; another one vouches for nobody here. */
export async function newAuthority(name = 'site-ca'): Promise<Authority> {
  const root = await certificate({ name, from, until, extensions: authority() });
  const server = await certificate({
    ...{ name: 'localhost', issuer: root, from, until },
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const agent = () =>
    certificate({
      ...{ issuer: root, from, until },
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.codeSigning,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
      ],
    });
  return { root, server, agent };
}
