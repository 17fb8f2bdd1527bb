import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { RetentionPolicy } from '../../contracts/retention.ts';
import { sha256 } from '../custody/digest.ts';

export const retentionDigest = (policy: RetentionPolicy): string => sha256(canonicalJson(policy));
