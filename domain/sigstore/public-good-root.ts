import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { parseTrustedRoot, type TrustedRoot } from './trusted-root.ts';

/**
 * The authorities and logs of Sigstore's public instance, as they were when the pinned package was released. A newer one
 * comes with the next release of Certus or from a file that an operator names, and never by itself.
 */
export function publicGoodRoot(): TrustedRoot {
  return parseTrustedRoot(Buffer.from(seeds[PUBLIC_GOOD].targets['trusted_root.json'], 'base64'));
}

const PUBLIC_GOOD = 'https://tuf-repo-cdn.sigstore.dev';
