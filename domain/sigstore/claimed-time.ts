import { z } from 'zod';
import { PREDICATE } from '../../contracts/statements.ts';
import type { VerifiedStatement } from './statement-checks.ts';

/**
 * When a statement of Certus says that it was made. The signer could say anything; but so could it have signed then, and
 * once the key was revoked this word counts no more.
 */
export function claimedTime(statement: VerifiedStatement | null): Date | null {
  const read = statement === null ? undefined : TIMES.get(statement.predicateType);
  const claimed = read?.safeParse(statement?.predicate);
  return claimed?.success ? new Date(claimed.data) : null;
}

const time = z.iso.datetime();
const field = (name: string) =>
  z.looseObject({ [name]: time }).transform((predicate) => String(predicate[name]));

const TIMES: ReadonlyMap<string, z.ZodType<string>> = new Map<string, z.ZodType<string>>([
  [
    PREDICATE.provenance,
    z
      .looseObject({ runDetails: z.looseObject({ metadata: z.looseObject({ finishedOn: time }) }) })
      .transform(({ runDetails }) => runDetails.metadata.finishedOn),
  ],
  [PREDICATE.permit, field('timeVerified')],
  [PREDICATE.promotion, field('promotedOn')],
  [PREDICATE.keySet, field('issued_at')],
]);
