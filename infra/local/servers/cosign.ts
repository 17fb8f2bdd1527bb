import { goInstall } from '../obtain/go-install.ts';
import type { ServerEntry } from './entry.ts';

const VERSION = '3.1.2';

/** A tool without a process: the stock verifier that our evidence must satisfy. */
export const cosign: ServerEntry = {
  name: 'cosign',
  title: 'cosign',
  artifact: {
    name: 'cosign',
    version: VERSION,
    file: 'cosign',
    variable: 'CERTUS_COSIGN',
    commands: [
      {
        command: 'cosign',
        versionArgs: ['version'],
        pattern: /GitVersion:\s+v(\d+\.\d+\.\d+)/,
        minimum: '3.0.0',
      },
    ],
    recipes: [goInstall('github.com/sigstore/cosign/v3/cmd/cosign', VERSION, 225)],
  },
  prepare: async ({ path }) => ({ environment: { CERTUS_COSIGN: path } }),
};
