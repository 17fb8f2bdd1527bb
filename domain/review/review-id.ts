import { canonicalJson } from '../../contracts/canonical-json.ts';
import type { Scope } from '../../contracts/identifiers.ts';
import { sha256 } from '../custody/digest.ts';

/** By what is held: the same bytes under the same name have one review, whoever comes upon them, and however often. */
export const reviewIdOf = ({ tenant, workspace }: Scope, nameOrRun: string, digest: string): string =>
  `review_${sha256(canonicalJson([tenant, workspace, nameOrRun, digest])).slice(0, 32)}`;

/**
 * The run in which a released document is promoted: one for each time that people are asked, so that no second answer promotes
 * it twice, and what was asked again can still come to golden.
 */
export const releaseRunOf = (reviewId: string, openedAt: string): string =>
  `docs_${sha256(canonicalJson([reviewId, 'release', openedAt])).slice(0, 24)}`;
