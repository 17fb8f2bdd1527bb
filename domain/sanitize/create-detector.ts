import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import { detect } from './detect.ts';
import type { Detector } from './detector.ts';

/** What looks for personal data as a tenant's policy says. */
export function createDetector(policy: PrivacyPolicy, as: 'documents' | 'evidence'): Detector {
  const { actions, action } = policy[as];
  const wanted = (type: string) => (actions[type] ?? action) !== 'ignore';
  return {
    rules: 'certus-detector/1',
    detect: (text) =>
      detect(text).flatMap((found) => (wanted(found.type) ? [{ ...found, confidence: 0.9 }] : [])),
  };
}
