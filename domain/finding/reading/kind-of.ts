import type { FindingKind } from '../../../contracts/finding.ts';
import { isAdvisory } from './identifiers.ts';

export type KindHints = {
  readonly tool: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly identifiers: readonly string[];
};

/** What a tool that says no more than "result" has found. */
export function kindOf({ tool, rule, tags, identifiers }: KindHints): FindingKind {
  const words = tags.map((tag) => tag.toLowerCase());
  const has = (...wanted: string[]) => words.some((word) => wanted.includes(word));
  if (
    SECRET_TOOLS.test(tool) ||
    has('secret', 'secrets') ||
    /^CKV_SECRET_|hardcoded[-_.]?(?:password|secret|credential|token|key)|^[BS]10[567]$/i.test(rule)
  )
    return 'secret';
  if (identifiers.some((id) => SECRET_WEAKNESSES.has(id)) && !identifiers.some(isAdvisory)) return 'secret';
  if (has('license', 'licence')) return 'license';
  if (
    identifiers.some(isAdvisory) &&
    (ADVISORY_RULE.test(rule) || SCA_TOOLS.test(tool) || has('vulnerability', 'sca'))
  )
    return 'vulnerability';
  if (
    CONFIG_TOOLS.test(tool) ||
    CONFIG_RULE.test(rule) ||
    has('misconfiguration', 'iac', 'infrastructure-as-code')
  )
    return 'config';
  if (DAST_TOOLS.test(tool)) return 'dast';
  return 'code';
}

const SECRET_TOOLS =
  /^(?:gitleaks|trufflehog|detect-secrets|secretlint|ggshield|gitguardian|whispers|noseyparker|secrets)\b/i;
const SCA_TOOLS =
  /^(?:trivy|grype|osv-scanner|osv scanner|snyk|npm audit|pip-audit|retire|dependency-check|vulnerabilities|docker scout|anchore)/i;
const CONFIG_TOOLS =
  /^(?:checkov|tfsec|kics|terrascan|hadolint|kubesec|kube-linter|kubescape|actionlint|zizmor|poutine)\b/i;
const DAST_TOOLS = /^(?:zap|owasp zap|zaproxy|nuclei|nikto|dast|burp)/i;
const ADVISORY_RULE = /^(?:CVE-|GHSA-|PYSEC-|RUSTSEC-|GO-\d|OSV-|MAL-)|(?:CVE-\d{4}-\d+)/i;
const CONFIG_RULE = /^(?:AVD-|CKV2?_|DL\d{4}$|SC\d{4}$|KSV-?\d|DS-?\d{3,})/i;
/** A password, key or token written into the code. */
const SECRET_WEAKNESSES: ReadonlySet<string> = new Set(['CWE-798', 'CWE-259', 'CWE-321']);
