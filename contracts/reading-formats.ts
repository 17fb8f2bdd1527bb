/**
 * What a caller may say that an item is. `auto` goes by what it holds, `document` reads it as a text whatever it holds, and
 * `jsonpath` by the mapping that comes with it; an item that is not what is said is not read.
 */
export const READING_FORMATS = [
  ...(['auto', 'document', 'jsonpath'] as const),
  ...(['sarif', 'spdx', 'cyclonedx', 'syft', 'vex', 'openvex', 'csaf', 'intoto', 'sigstore'] as const),
  ...(['trivy', 'grype', 'bandit', 'semgrep', 'opengrep', 'osv-scanner', 'detect-secrets', 'zap'] as const),
  ...(['retire-js', 'checkov', 'eslint', 'eslint-security', 'ruff', 'gitleaks', 'hadolint'] as const),
] as const;
export type ReadingFormat = (typeof READING_FORMATS)[number];
