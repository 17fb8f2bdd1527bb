import { SEVERITIES } from '../../../contracts/finding.ts';
import type { ScanStatus } from '../../../contracts/scan.ts';

/** What `--once -o json` ends with: one line, for programs. */
export function scanDocument(scan: ScanStatus, publicKey: string): string {
  return JSON.stringify({
    test_id: scan.test_id,
    verdict: scan.verdict,
    bundle: scan.bundle,
    public_key: publicKey,
    permit_id: scan.upload_permission_id,
    golden_manifest: scan.golden_manifest,
    oci_reference: scan.oci_reference,
    findings: total(scan),
    indexed: scan.indexed,
  });
}

/** The same for a person. */
export function scanSummary(scan: ScanStatus): string[] {
  const facts: (readonly [string, string | null])[] = [
    ['verdict', headline(scan)],
    ['findings', findings(scan)],
    ...scan.violations.map((violation) => ['', violation] as const),
    ...scan.errors.map(({ code, message }) => ['error', `${code}: ${message}`] as const),
    ['bundle', scan.bundle],
    ['golden', scan.golden_manifest],
    ['oci', scan.oci_reference],
    ['verify', scan.bundle === null ? null : `npx certus verify ${scan.bundle}`],
    ['search', scan.indexed === null ? null : 'npx certus search'],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(10)} ${value}`]));
}

function headline({ status, verdict }: ScanStatus): string {
  if (status !== 'SUCCEEDED') return `none, the run ${status.toLowerCase()}`;
  return verdict === 'passed' ? 'PASSED' : 'GATE FAILED';
}

function findings({ findings: counts, indexed }: ScanStatus): string | null {
  if (counts === null) return null;
  const some = SEVERITIES.filter((severity) => counts[severity] > 0);
  const text = some.map((severity) => `${counts[severity]} ${severity}`).join(', ') || 'none';
  return indexed === null ? text : `${text}; ${indexed} searchable`;
}

const total = ({ findings: counts }: ScanStatus): number | null =>
  counts === null ? null : SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
