import { STATEMENT_TYPE } from '../../contracts/statements.ts';
import { COSIGN_SIGNATURE } from './verify-image.ts';

/** What `cosign sign` writes: that this is the artifact, and nothing of what it is. */
export const imageSignature = (name: string, digest: string) => ({
  _type: STATEMENT_TYPE,
  subject: [{ name, digest: { sha256: digest.replace(/^sha256:/, '') } }],
  predicateType: COSIGN_SIGNATURE,
  predicate: {},
});
