import type { Inspection, PrivacyAction, PrivacyRules } from '../../contracts/privacy.ts';

/** What is to become of what is found of a kind. */
export const actionOf = ({ actions, action }: PrivacyRules, type: string): PrivacyAction =>
  (Object.hasOwn(actions, type) ? actions[type] : undefined) ?? action;

/** The strictest that the rules ask for. What stands in the name of a file cannot be masked: its name stays. */
export function judge(
  rules: PrivacyRules,
  kinds: Iterable<string>,
  named: ReadonlySet<string>,
  opaque: Inspection['opaque'],
): Inspection['action'] {
  if (opaque.length > 0 && rules.opaque === 'quarantine') return 'quarantine';
  let strictest: Inspection['action'] = 'pass';
  for (const kind of kinds) {
    const action = actionOf(rules, kind);
    if (action === 'quarantine' || (action === 'mask' && named.has(kind))) return 'quarantine';
    if (action === 'mask') strictest = 'mask';
  }
  return strictest;
}

/** Of a file that was not looked into at all. */
export function unread(rules: PrivacyRules, reason: Inspection['opaque'][number]['reason']): Inspection {
  const opaque = [{ reason, place: WHOLE_FILE }];
  return {
    ...{ format: 'unknown', media_type: 'application/octet-stream', kinds: [], places: [], opaque },
    action: judge(rules, [], new Set(), opaque),
  };
}

export const WHOLE_FILE = 'the file';
