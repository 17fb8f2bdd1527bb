import type { PrivacyPolicy } from '../../../contracts/privacy.ts';
import type { Detected, DetectHint, Detector } from '../detector.ts';
import { wantedOf } from './known-finds.ts';
import { knownKinds } from './known-kinds.ts';
import { lookWith } from './look.ts';

/** A detector that is also told what others have found, which it judges by the same policy. */
export interface SparingDetector extends Detector {
  detect(text: string, hint?: DetectHint, known?: readonly Detected[]): Detected[];
}

type Options = {
  /** More that a mask may speak of. */
  readonly kinds?: Iterable<string>;
  /** Of kinds that overlap the stricter one counts. */
  readonly strictness?: (type: string) => number;
};

/**
 * The same detector, which takes no pseudonym or mask for something personal: the letters of one look like a secret, and who
 * had its texts sanitized before they came here would get masks in the places of its names.
 */
export function sparing(
  detector: Detector,
  policy: PrivacyPolicy,
  { kinds = [], strictness = () => 0 }: Options = {},
): SparingDetector {
  const look = lookWith({ detector, kinds: knownKinds(policy.custom, kinds), strictness });
  const wanted = wantedOf(policy);
  return {
    rules: detector.rules,
    detect: (text, hint = {}, known = []) =>
      look(text, hint, known.length === 0 ? known : wanted(text, known)),
  };
}
