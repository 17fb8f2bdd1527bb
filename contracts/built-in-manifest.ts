import type { Manifest, Profile, Thresholds } from './manifest.ts';
import type { Tool } from './tools.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

const WITHIN: Thresholds = { critical: 0, high: 0, medium: 25 };

/** No tool is required: what is not installed is said in the result, and a team that must have it writes a manifest. */
const profile = (name: string, description: string, tools: Tool[], thresholds = WITHIN): Profile => ({
  name,
  description,
  tools,
  thresholds,
  gateOn: 'all',
  suppressions: 'count',
  deniedLicenses: [],
  rules: [],
  bundle: { includePrivacy: true },
  requiresStack: false,
});

const LIGHT: Tool[] = ['secrets', 'sast', 'hygiene', 'privacy', 'sbom', 'licenses', 'vulnerabilities'];
const STANDARD: Tool[] = [
  ...LIGHT,
  'gitleaks',
  'semgrep',
  'bandit',
  'osv-scanner',
  'syft',
  'checkov',
  'hadolint',
];
const FULL: Tool[] = [
  ...STANDARD,
  'opengrep',
  'detect-secrets',
  'trivy',
  'grype',
  'ruff',
  'eslint-security',
  'retire-js',
];

/** What is checked when a team brings no manifest of its own. `dast` is in none: only a manifest can name its target. */
export const BUILT_IN_MANIFEST: Manifest = {
  product: 'built-in',
  version: '2',
  owners: [],
  profiles: [
    profile('smoke', 'Secrets and the state of the repository, in seconds.', ['hygiene', 'secrets']),
    profile('fast', 'Secrets and faults in the source; nothing of its dependencies.', [
      'secrets',
      'sast',
      'hygiene',
      'bandit',
      'ruff',
    ]),
    profile('light', 'All that Certus can do by itself, whatever is installed beside it.', LIGHT),
    profile('standard', 'Light, and the usual scanners where they are installed.', STANDARD),
    profile('full', 'Every scanner there is for source code; several look for the same.', FULL),
    profile('javascript', 'For JavaScript and TypeScript.', [
      'secrets',
      'sast',
      'hygiene',
      'sbom',
      'licenses',
      'vulnerabilities',
      'eslint-security',
      'retire-js',
      'trivy',
    ]),
    profile('polyglot', 'For repositories of several languages: light, and a scanner for each of them.', [
      ...LIGHT,
      'semgrep',
      'bandit',
      'eslint-security',
      'retire-js',
      'trivy',
    ]),
    profile('sbom-only', 'A software bill of materials; finds nothing and so passes always.', ['sbom'], {}),
  ],
  compliance: [],
  annotations: {},
};
