import type { PrivacyPolicy } from '../../../contracts/privacy.ts';
import { allowing } from '../create-detector.ts';
import type { Detected } from '../detector.ts';
import { withoutOverlaps } from '../find.ts';

/** Of what others have found, what the policy wants to know about; in the order of the text. */
export function wantedOf(policy: PrivacyPolicy): (text: string, known: readonly Detected[]) => Detected[] {
  const { actions, action, min_confidence: least } = policy.documents;
  const isAllowed = allowing(policy.allow);
  return (text, known) =>
    withoutOverlaps(
      known.filter(
        ({ type, start, end, confidence }) =>
          confidence >= least &&
          ((Object.hasOwn(actions, type) ? actions[type] : undefined) ?? action) !== 'ignore' &&
          !isAllowed(type, text.slice(start, end)),
      ),
    );
}
