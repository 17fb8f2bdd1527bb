import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { sha256 } from '../custody/digest.ts';

/** Of a question that somebody asks: known before it is answered, and the same however often it is asked. */
export const permitIdOf = (scope: Scope, testId: string, bundleDigest: string, ground: string): string =>
  `permit_${sha256(canonicalJson([scope.tenant, scope.workspace, testId, bundleDigest, ground])).slice(0, 32)}`;

/** The run's own question, and what orders and requests ask besides. */
export const RUN_GROUND = 'run';
