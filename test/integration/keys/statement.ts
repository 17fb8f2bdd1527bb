import { z } from 'zod';
import { PREDICATE } from '../../../contracts/statements.ts';

/** A statement that says when it was made, and nothing else. */
export const ComplianceStatement = z.object({
  predicateType: z.literal(PREDICATE.complianceSample),
  predicate: z.object({ at: z.iso.datetime() }),
});
