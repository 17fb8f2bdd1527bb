import type { ExternalTool } from '../../contracts/tools.ts';
import { bandit } from './bandit.ts';
import { checkov } from './checkov.ts';
import { dast } from './dast.ts';
import type { ToolDeclaration } from './declaration.ts';
import { detectSecrets } from './detect-secrets.ts';
import { eslintSecurity } from './eslint-security.ts';
import { gitleaks } from './gitleaks.ts';
import { grype } from './grype.ts';
import { hadolint } from './hadolint.ts';
import { opengrep } from './opengrep.ts';
import { osvScanner } from './osv-scanner.ts';
import { retireJs } from './retire-js.ts';
import { ruff } from './ruff.ts';
import { semgrep } from './semgrep.ts';
import { syft } from './syft.ts';
import { trivy } from './trivy.ts';

/** Every tool of others that this release knows how to run. To add one is to describe it, here and in its file. */
export const EXTERNAL: Readonly<Record<ExternalTool, ToolDeclaration>> = {
  gitleaks,
  'detect-secrets': detectSecrets,
  semgrep,
  opengrep,
  bandit,
  ruff,
  'eslint-security': eslintSecurity,
  'retire-js': retireJs,
  trivy,
  grype,
  'osv-scanner': osvScanner,
  syft,
  checkov,
  hadolint,
  dast,
};
