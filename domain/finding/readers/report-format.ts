/**
 * The outputs that become findings. A tool's own format where that says more than the SARIF it can write (advisories,
 * severities, fixes, suppressions), or where it writes no SARIF at all; `cyclonedx` holds no findings, only components.
 */
export const REPORT_FORMATS = [
  'sarif',
  'bandit',
  'detect-secrets',
  'osv-scanner',
  'trivy',
  'grype',
  'checkov',
  'eslint',
  'retire-js',
  'zap',
  'ruff',
  'cyclonedx',
] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];
