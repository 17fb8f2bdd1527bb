import { SEVERITIES, type SeverityCounts } from '../contracts/finding.ts';
import type { ScanStatus } from '../contracts/scan.ts';
import { hasLooked, type ToolRun } from '../contracts/tool-run.ts';
import type { Output } from './output.ts';

/** One ended scan: the verdict first, then why, then where things lie. */
export function drawScan(output: Output, scan: ScanStatus): void {
  output.line(`${scan.test_id}  ${headline(scan)}`);
  const facts: (readonly [string, string | null])[] = [
    ['component', `${scan.workspace_id}/${scan.component_id}`],
    ['commit', scan.commit],
    ['profile', scan.profile],
    ['findings', scan.findings && countsText(scan.findings)],
    ['changes', scan.changes && changesText(scan)],
    ...scan.tools.filter((tool) => !hasLooked(tool)).map((tool) => ['not run', toolText(tool)] as const),
    ...scan.violations.map((violation) => ['violation', violation] as const),
    ['bundle', scan.bundle],
    ['permit', permitText(scan)],
    ['denied', scan.denial_reason],
    ['golden', scan.golden_manifest],
    ['oci', scan.oci_reference],
    ['indexed', scan.indexed === null ? null : String(scan.indexed)],
    ...scan.warnings.map((notice) => ['warning', noticeText(notice)] as const),
    ...scan.errors.map((notice) => ['error', noticeText(notice)] as const),
  ];
  for (const [name, value] of facts) if (value !== null) output.line(`  ${name.padEnd(10)} ${value}`);
}

export function headline({ status, verdict, upload_status }: ScanStatus): string {
  if (upload_status === 'in_review') return 'HELD BACK FOR A REVIEW';
  if (status !== 'SUCCEEDED') return status;
  return verdict === 'passed' ? 'PASSED' : 'GATE FAILED';
}

const toolText = ({ tool, outcome, reason }: ToolRun): string =>
  `${tool}: ${outcome.replaceAll('_', ' ')}${reason === null ? '' : `, ${reason}`}`;

function changesText({ changes, baseline_test_id }: ScanStatus): string | null {
  if (changes === null || baseline_test_id === null) return null;
  return `${changes.new} new, ${changes.moved} moved, ${changes.fixed} fixed since ${baseline_test_id}`;
}

export function countsText(counts: SeverityCounts): string {
  const some = SEVERITIES.filter((severity) => counts[severity] > 0);
  return some.length === 0 ? 'none' : some.map((severity) => `${counts[severity]} ${severity}`).join(', ');
}

function noticeText({ code, message, path }: ScanStatus['errors'][number]): string {
  return path === undefined ? `${code}: ${message}` : `${code}: ${message} (${path})`;
}

/** A permit past the rules must not look like any other. */
function permitText({ upload_permission_id: id, permit }: ScanStatus): string | null {
  if (id === null || permit === null) return id;
  const notes = [
    ...(permit.tier === 'basic' ? ['hashes only'] : []),
    ...(permit.bypass === null
      ? []
      : [`let pass by ${permit.bypass.by} until ${permit.bypass.until}: ${permit.bypass.reason}`]),
    ...permit.revoked_keys.map((key) => `its signer ${key} was revoked`),
  ];
  return notes.length === 0 ? id : `${id} (${notes.join('; ')})`;
}
