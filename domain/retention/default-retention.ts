import { canonicalJson } from '../../contracts/canonical-json.ts';
import { RetentionPolicy } from '../../contracts/retention.ts';
import { sha256 } from '../custody/digest.ts';

/** Nothing goes by itself. */
export const DEFAULT_RETENTION: RetentionPolicy = RetentionPolicy.parse({
  schema: 'https://certus.dev/retention-policy/v1',
  name: 'keep everything',
});

export const retentionDigest = (policy: RetentionPolicy): string => sha256(canonicalJson(policy));
