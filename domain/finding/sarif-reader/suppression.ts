import type { Finding } from '../../../contracts/finding.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../reading/json-values.ts';

/** Suppressed only when somebody said so and nobody still doubts it: one that is under review, or rejected, counts. */
export function suppressionOf(result: JsonObject): Finding['suppressed'] {
  const suppressions = listOf(result.suppressions).slice(0, MAX_SUPPRESSIONS).map(objectOf);
  const [first] = suppressions;
  if (first === undefined || suppressions.some(isOpen)) return null;
  const justified = suppressions.find(({ justification }) => textOf(justification) !== undefined);
  return {
    kind: suppressions.some(({ kind }) => kind === 'inSource') ? 'in_source' : 'external',
    justification: textOf(justified?.justification) ?? null,
  };
}

const MAX_SUPPRESSIONS = 1000;

/** A status that we do not know is no consent. */
const isOpen = ({ kind, status }: JsonObject): boolean =>
  (status !== undefined && status !== 'accepted') || (kind !== 'inSource' && kind !== 'external');
