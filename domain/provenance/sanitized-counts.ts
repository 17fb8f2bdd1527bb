import type { SanitizedCounts } from '../../contracts/provenance.ts';
import type { Inspection } from './inspect-chain.ts';

/** What a person is told of it besides the links: that a chain holds does not say that the files are those that were signed. */
export function sanitizedCounts(inspection: Inspection | null): SanitizedCounts {
  const files = inspection?.sanitized?.predicate.files;
  if (files === undefined) return null;
  const count = (wanted: (typeof files)[number]['outcome']) =>
    files.filter(({ outcome }) => outcome === wanted).length;
  return { masked: count('masked'), withheld: count('withheld'), released: count('released') };
}
