import { canonicalJson } from '../../contracts/canonical-json.ts';
import { type AllowedValue, PrivacyAction, type PrivacyPolicy } from '../../contracts/privacy.ts';
import { sha256 } from '../custody/digest.ts';
import { customRecogniser } from './custom.ts';
import type { Detected, Detector } from './detector.ts';
import { confidenceOf, findCandidates, withoutOverlaps } from './find.ts';
import { RECOGNISERS, RECOGNISERS_VERSION } from './recognisers.ts';

/** Addresses of examples, cards for trying, `John Doe`: a gate lets them pass, and an index has no use for them. */
export type Counts = 'somebodys' | 'anybodys';

/** What looks for personal data as a tenant's policy says. The policy is one that `requireUsablePrivacyPolicy` passes. */
export function createDetector(
  policy: PrivacyPolicy,
  as: 'documents' | 'evidence',
  counts: Counts = 'somebodys',
): Detector {
  const { actions, action, min_confidence: least } = policy[as];
  const actionFor = (type: string) => (Object.hasOwn(actions, type) ? actions[type] : undefined) ?? action;
  // a mild kind around a strict one must not hide it
  const strictness = (type: string) => STRICTNESS.indexOf(actionFor(type));
  const wanted = [...RECOGNISERS, ...policy.custom.map(customRecogniser)].filter(
    ({ type }) => actionFor(type) !== 'ignore',
  );
  const isAllowed = allowing(policy.allow);
  return {
    rules: rulesOf(policy),
    detect: (text, hint) => {
      const counted: Detected[] = [];
      for (const candidate of findCandidates(text, wanted, hint)) {
        const { type, start, end } = candidate;
        const confidence = counts === 'anybodys' ? candidate.likelihood : confidenceOf(candidate);
        if (confidence >= least && !isAllowed(type, text.slice(start, end)))
          counted.push({ type, start, end, confidence });
      }
      return withoutOverlaps(counted, strictness);
    },
  };
}

const STRICTNESS = PrivacyAction.options;

/** A tenant's patterns and exceptions are rules, too: what is signed says with which of them a file was looked into. */
export function rulesOf({ custom, allow }: PrivacyPolicy): string {
  if (custom.length === 0 && allow.length === 0) return RECOGNISERS_VERSION;
  return `${RECOGNISERS_VERSION} own:${sha256(canonicalJson({ custom, allow })).slice(0, 16)}`;
}

/** Whether a value of a kind is one of the exceptions. */
export function allowing(allowed: readonly AllowedValue[]): (type: string, value: string) => boolean {
  if (allowed.length === 0) return () => false;
  const types = new Map<string, Set<string | undefined>>();
  for (const { value, type } of allowed) {
    const key = value.trim().toLowerCase();
    types.set(key, (types.get(key) ?? new Set()).add(type));
  }
  return (type, value) => {
    const of = types.get(value.trim().toLowerCase());
    return of !== undefined && (of.has(undefined) || of.has(type));
  };
}
