import type { CustomPattern } from '../../../contracts/privacy.ts';
import { RECOGNISERS } from '../recognisers.ts';

/** Kinds that models tell, and that no pattern knows. */
const OF_MODELS = ['PERSON', 'LOCATION', 'ORGANIZATION', 'NRP'] as const;

/** What a mask or a pseudonym may speak of: ours, the tenant's own, those of models, and what is told besides. */
export const knownKinds = (
  custom: readonly Pick<CustomPattern, 'type'>[],
  more: Iterable<string> = [],
): ReadonlySet<string> =>
  new Set([...RECOGNISERS.map(({ type }) => type), ...custom.map(({ type }) => type), ...OF_MODELS, ...more]);
