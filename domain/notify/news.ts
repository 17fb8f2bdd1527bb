import { SEVERITIES } from '../../contracts/finding.ts';
import type { ScanCompleted } from '../../contracts/notification.ts';
import { oneLine } from '../text/one-line.ts';

/** The first thing a person wants to know, in one line. */
export function headline({ component_id, status, verdict }: ScanCompleted): string {
  if (verdict === null)
    return `${component_id}: the scan ${status === 'CANCELLED' ? 'was cancelled' : 'did not finish'}`;
  return `${component_id}: ${verdict === 'passed' ? 'passed' : 'gate failed'}`;
}

/** The rest as names and values, in the order in which it is read. */
export function details({
  workspace_id,
  profile,
  findings,
  changes,
  test_id,
}: ScanCompleted): [string, string][] {
  const counted = findings && SEVERITIES.map((severity) => `${findings[severity]} ${severity}`).join(', ');
  const changed =
    changes && `${changes.new} new, ${changes.fixed} fixed, ${changes.unchanged + changes.moved} as before`;
  return [
    ['Workspace', workspace_id],
    ['Profile', oneLine(profile, 64)],
    ...(counted ? [['Findings', counted] as [string, string]] : []),
    ...(changed ? [['Changes', changed] as [string, string]] : []),
    ['Scan', test_id],
  ];
}
