import { z } from 'zod';

/** Part of Certus itself: always there, whatever is installed on the machine. */
export const BUILT_IN_TOOLS = [
  'secrets',
  'sast',
  'hygiene',
  'privacy',
  'sbom',
  'licenses',
  'vulnerabilities',
] as const;

/** Used when they are installed beside the worker; `not_available` when they are not. */
export const EXTERNAL_TOOLS = [
  'gitleaks',
  'detect-secrets',
  'semgrep',
  'opengrep',
  'bandit',
  'ruff',
  'eslint-security',
  'retire-js',
  'trivy',
  'grype',
  'osv-scanner',
  'syft',
  'checkov',
  'hadolint',
  'dast',
] as const;

/** The tools this release can run. A manifest that asks for another one is refused, never silently narrowed. */
export const TOOLS = [...BUILT_IN_TOOLS, ...EXTERNAL_TOOLS] as const;
export const Tool = z.enum(TOOLS);
export type Tool = z.infer<typeof Tool>;
export type BuiltInTool = (typeof BUILT_IN_TOOLS)[number];
export type ExternalTool = (typeof EXTERNAL_TOOLS)[number];

/** What is said of a name that is none of the above. */
export const unsupportedTool = (name: string): string =>
  name.toLowerCase() === 'attestation'
    ? '"attestation" is not a tool: every bundle is attested; leave it out'
    : `${JSON.stringify(name.slice(0, 64))} is not a tool of this release; there are ${TOOLS.join(', ')}`;

/** What a tool looks for; also the folder of its reports in the bundle. */
export const TOOL_CATEGORIES = [
  'secrets',
  'sast',
  'sca',
  'sbom',
  'iac',
  'dast',
  'privacy',
  'license',
  'hygiene',
  'import',
] as const;
export const ToolCategory = z.enum(TOOL_CATEGORIES);
export type ToolCategory = z.infer<typeof ToolCategory>;

/** How the run of a tool ended. Only the first one has looked at everything it should. */
export const ToolOutcome = z.enum(['completed', 'not_relevant', 'not_available', 'timed_out', 'failed']);
export type ToolOutcome = z.infer<typeof ToolOutcome>;

/** What kept a tool apart from the rest of the machine, and what this machine could not offer for it. */
export const Isolation = z.object({
  method: z.enum(['bubblewrap', 'namespaces', 'process', 'thread']),
  network: z.enum(['none', 'host']),
  lacking: z.array(z.string()),
});
export type Isolation = z.infer<typeof Isolation>;
