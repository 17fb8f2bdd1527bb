import type { ServerEntry } from './entry.ts';

/** The stock verifier of certificates and revocation lists. Every system brings its own: none is fetched. */
export const openssl: ServerEntry = {
  name: 'openssl',
  title: 'OpenSSL',
  artifact: {
    name: 'openssl',
    version: '3.0.0',
    file: 'openssl',
    variable: 'CERTUS_OPENSSL',
    commands: [
      {
        command: 'openssl',
        versionArgs: ['version'],
        pattern: /^OpenSSL (\d+\.\d+\.\d+)/,
        minimum: '3.0.0',
      },
    ],
    recipes: [],
  },
  prepare: async ({ path }) => ({ environment: { CERTUS_OPENSSL: path } }),
};
