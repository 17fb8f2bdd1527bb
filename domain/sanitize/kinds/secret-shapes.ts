import { entropy, isPlaceholder } from '../../secrets/placeholder.ts';

/** A key that says by its own beginning whose it is. */
export type Shape = {
  readonly begins: readonly string[];
  readonly pattern: RegExp;
  readonly holds?: (value: string) => boolean;
};

const shape = (begins: readonly string[], rest: string, holds?: Shape['holds']): Shape => ({
  begins,
  pattern: new RegExp(`(?<![\\p{L}\\p{N}_])(?:${begins.map(literally).join('|')})${rest}`, 'gu'),
  ...(holds === undefined ? {} : { holds }),
});

const literally = (text: string): string =>
  text.replace(/[.*+?^$(){}|[\]\\/-]/g, (sign) => `\\${sign === '-' ? 'x2d' : sign}`);
const END = '(?![A-Za-z0-9_-])';

/** The tokens that the linter knows, and a few more; what our own rules find besides is not repeated here. */
export const SHAPES: readonly Shape[] = [
  shape(
    ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'AGPA', 'AIDA', 'AROA', 'AIPA', 'ANPA', 'ANVA'],
    `[A-Z2-7]{16}${END}`,
    notShown,
  ),
  shape(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], `[A-Za-z0-9_]{36,251}${END}`),
  shape(['github_pat_'], `[A-Za-z0-9_]{22,255}${END}`),
  shape(['ghs_'], '[0-9]{1,20}_[A-Za-z0-9_-]{1,1000}\\.[A-Za-z0-9_-]{1,4000}\\.[A-Za-z0-9_-]{1,1000}'),
  shape(
    ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glft-', 'glsoat-', 'glcbt-', 'gloas-', 'glagent-', 'glimt-'],
    `[A-Za-z0-9_.-]{20,128}`,
  ),
  shape(['npm_'], `[A-Za-z0-9_]{36}${END}`),
  shape(
    ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxc-', 'xoxd-'],
    '[A-Za-z0-9%-]{10,250}',
    hasDigits,
  ),
  shape(['https://hooks.slack.com/services/'], 'T[A-Za-z0-9]{1,40}/B[A-Za-z0-9]{1,40}/[A-Za-z0-9]{8,40}'),
  shape(
    ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-ant-api', 'sk-ant-admin', 'sk-or-v1-'],
    '[A-Za-z0-9_-]{32,260}',
  ),
  shape(['sk-'], `[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}${END}|(?<=\\bsk\\x2d)[A-Za-z0-9]{48}${END}`),
  shape(['gsk_'], `[A-Za-z0-9]{40,60}${END}`),
  shape(['hf_', 'api_org_'], `[A-Za-z0-9]{30,44}${END}`),
  shape(['lin_api_', 'lin_oauth_'], `[A-Za-z0-9_]{32,128}${END}`),
  shape(['ntn_'], `[0-9]{11}[A-Za-z0-9]{35}${END}`),
  shape(['secret_'], `[A-Za-z0-9]{43}${END}`, hasDigits),
  shape(['shppa_', 'shpca_', 'shpat_', 'shpss_'], `[A-Za-z0-9]{32,64}${END}`),
  shape(['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], `[A-Za-z0-9]{16,247}${END}`),
  shape(['whsec_'], '[A-Za-z0-9+/=]{24,80}'),
  shape(['glc_'], '[A-Za-z0-9+/]{32,400}={0,2}'),
  shape(['glsa_'], `[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}${END}`),
  shape(['ops_ey'], '[A-Za-z0-9+/=]{100,1280}'),
  shape(['A3-'], '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'),
  shape(['hvs.', 'hvb.', 'hvr.'], `[A-Za-z0-9_-]{24,300}${END}`),
  shape(['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], `[A-Za-z0-9]{20,60}${END}`, hasDigits),
  shape(['dapi'], `[a-f0-9]{32}(?:-[0-9])?${END}`),
  shape(['dckr_pat_', 'dckr_oat_'], `[A-Za-z0-9_-]{27,40}${END}`),
  shape(['figd_'], `[A-Za-z0-9_-]{40,200}${END}`),
  shape(['cfk_', 'cfut_', 'cfat_'], `[A-Za-z0-9]{40}[0-9a-f]{8}${END}`),
  shape(['tskey-'], '[a-z]{2,12}-[A-Za-z0-9]{8,32}(?:-[A-Za-z0-9]{16,64})?'),
  shape(['SG.'], `[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}${END}`),
  shape(['AIza'], `[A-Za-z0-9_-]{35}${END}`),
  shape(['ya29.'], '[A-Za-z0-9_-]{20,1000}'),
  shape(['EAACEdEose0cBA'], '[A-Za-z0-9]{20,250}'),
  shape(['pypi-AgE'], '[A-Za-z0-9_-]{50,1000}'),
];

/** Of the manuals, and what only looks like it. */
function notShown(value: string): boolean {
  return !value.endsWith('EXAMPLE') && entropy(value) >= 3;
}

function hasDigits(value: string): boolean {
  return /\d/.test(value) && entropy(value) >= 3;
}

export const isShown = (value: string): boolean =>
  isPlaceholder(value.replace(/^[A-Za-z]{2,8}[_-](?:live|test|proj)?[_-]?/, ''));
