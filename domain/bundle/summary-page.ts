import { createHash } from 'node:crypto';
import type { ScanDocument } from '../../contracts/bundle.ts';
import type { ComplianceDocument } from '../../contracts/compliance.ts';
import { SEVERITIES } from '../../contracts/finding.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { Judgement } from '../policy/gate.ts';
import type { RuleComponent } from '../policy/rule-facts.ts';
import { type Html, html } from './html.ts';
import { complianceSection, componentsSection } from './summary-evidence.ts';
import { findingsSection } from './summary-findings.ts';
import { SUMMARY_STYLE } from './summary-style.ts';
import { toolsSection, unseenSection } from './summary-tools.ts';

export type SummaryFacts = {
  readonly manifest: Pick<Manifest, 'product' | 'version'>;
  readonly scan: ScanDocument;
  readonly judgement: Judgement;
  readonly components: readonly RuleComponent[] | null;
  readonly compliance: ComplianceDocument | null;
};

const STYLE_DIGEST = createHash('sha256').update(SUMMARY_STYLE).digest('base64');

/** The result for a person, in one file that needs nothing else and runs nothing. */
export function summaryPage(facts: SummaryFacts): string {
  const { manifest, scan, judgement, components, compliance } = facts;
  const body = html`<main>
${heading(manifest, scan)}
${violations(judgement)}
${overview(judgement)}
${unseenSection(scan)}
${findingsSection(judgement)}
${complianceSection(compliance)}
${toolsSection(scan.tools)}
${componentsSection(components)}
${about(scan)}
<footer>Certus, ${time(scan.completed_at)}. This page is part of the evidence: its digest is in the signed list of the bundle.</footer>
</main>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${html`<title>${scan.component_id}: ${scan.verdict}</title>`.markup}
<style>${SUMMARY_STYLE}</style>
</head>
<body>
${body.markup}
</body>
</html>
`;
}

function heading(manifest: SummaryFacts['manifest'], scan: ScanDocument): Html {
  const revision = [scan.tag ?? scan.branch, scan.git_commit?.slice(0, 12)].filter((part) => part != null);
  return html`<header><div>
<p class="kicker">${manifest.product} ${manifest.version} · profile ${scan.profile}</p>
<h1>${scan.component_id}</h1>
<p class="soft wrap">${scan.source}${revision.length === 0 ? null : html` · <code>${revision.join(' @ ')}</code>`}</p>
</div><p class="verdict ${scan.verdict}">${scan.verdict === 'passed' ? 'Passed' : 'Failed'}<small>the gate</small></p></header>`;
}

function violations({ policy: { violations: broken, rules } }: Judgement): Html {
  if (broken.length === 0) return html``;
  const shown = broken.slice(0, 100).map((line) => html`<li>${line}</li>`);
  const more = broken.length - shown.length;
  return html`<section class="alarm"><h2>Why it failed<small>${passedRules(rules)}</small></h2>
<ul>${shown}${more > 0 ? html`<li class="soft">and ${more} more in policy-result.json</li>` : null}</ul></section>`;
}

const passedRules = (rules: Judgement['policy']['rules']): string =>
  rules.length === 0 ? '' : `${rules.filter(({ passed }) => passed).length} of ${rules.length} rules hold`;

function overview({ policy }: Judgement): Html {
  const { counted, counts, thresholds, set_aside: aside, changes, baseline } = policy;
  const tiles = SEVERITIES.map((severity) => {
    const limit = severity === 'info' ? undefined : thresholds[severity];
    const total = counts[severity] === counted[severity] ? '' : `of ${counts[severity]} · `;
    const over = limit !== undefined && counted[severity] > limit;
    return html`<div class="tile ${severity}"><b>${counted[severity]}</b><span>${severity}</span>
<small class="${over ? 'over' : ''}">${total}${limit === undefined ? 'no limit' : `${over ? 'over the ' : ''}limit of ${limit}`}</small></div>`;
  });
  const left = [
    [aside.false_positive, 'declared false'],
    [aside.accepted, 'accepted'],
    [aside.suppressed, 'suppressed in the source'],
    [aside.not_new, 'not new'],
  ] as const;
  const notCounted = left.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return html`<section><h2>Findings<small>what the gate counted, of ${sum(counts)} in all</small></h2>
<div class="tiles">${tiles}</div>
${notCounted.length === 0 ? null : html`<p class="note">Not counted: ${notCounted.join(', ')}.</p>`}
${
  changes === null
    ? html`<p class="note">There was no scan to compare with: everything is new.</p>`
    : html`<p class="note">Since <code>${baseline ?? ''}</code>: <b>${changes.new}</b> new, <b>${changes.fixed}</b> fixed, <b>${changes.unchanged}</b> unchanged, <b>${changes.moved}</b> moved.</p>`
}</section>`;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function about(scan: ScanDocument): Html {
  const facts: [string, string | Html | null][] = [
    ['Scan', scan.test_id],
    ['Workspace, assessment', `${scan.workspace_id}, ${scan.assessment_id}`],
    ['Asked for by', scan.requested_by],
    ['Began', time(scan.started_at)],
    ['Ended', time(scan.completed_at)],
    ['Source', `${scan.files.toLocaleString('en')} files, ${size(scan.bytes)}`],
    ['Commit', digest(scan.git_commit)],
    ['Content, sha256', digest(scan.content_hash)],
    ['Manifest, sha256', digest(scan.manifest_digest)],
    ['Manifest signed by', scan.manifest_signed_by],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return html`<section><h2>What was scanned</h2><dl class="facts">${known.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></section>`;
}

const digest = (hex: string | null): Html | null => (hex === null ? null : html`<code>${hex}</code>`);

const size = (bytes: number): string => {
  const step = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB'][step]}`;
};

const time = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`;
