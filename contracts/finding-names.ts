import type { Finding } from './finding.ts';

/** Every name of an issue: what was decided about any of them was decided about the issue. */
export const namesOf = ({ fingerprint, sources, former_fingerprints: former = [] }: Finding): string[] => [
  ...new Set([fingerprint, ...sources.map((source) => source.fingerprint), ...former]),
];
