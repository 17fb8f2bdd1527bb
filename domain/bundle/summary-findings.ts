import { type Finding, type Location, SEVERITIES } from '../../contracts/finding.ts';
import type { Judgement } from '../policy/gate.ts';
import { oneLine } from '../text/one-line.ts';
import { type Html, html } from './html.ts';

const SHOWN = 50;

/** The worst that nobody has answered for yet; new ones first among equals. */
export function findingsSection({ inForce, isNew, policy }: Judgement): Html {
  if (inForce.length === 0) return html`<section><h2>Top findings</h2><p class="soft">None.</p></section>`;
  const worst = worstOf(inForce, isNew);
  const rows = worst.map((finding) => row(finding, policy.changes !== null && isNew(finding)));
  return html`<section><h2>Top findings<small>${worst.length} of ${inForce.length}; all are in findings.json and findings.sarif</small></h2>
<div class="scroll"><table><thead><tr><th>Severity</th><th>Finding</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** Without sorting a hundred thousand of them: each severity is only looked at while there is room. */
function worstOf(findings: readonly Finding[], isNew: (finding: Finding) => boolean): Finding[] {
  const worst: Finding[] = [];
  const rank = (finding: Finding) => [isNew(finding) ? 0 : 1, -(finding.score ?? 0)] as const;
  for (const severity of SEVERITIES) {
    if (worst.length >= SHOWN) break;
    const these = findings
      .filter((finding) => finding.severity === severity)
      .map((finding) => ({ finding, rank: rank(finding) }));
    these.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || byPlace(a.finding, b.finding));
    worst.push(...these.slice(0, SHOWN - worst.length).map(({ finding }) => finding));
  }
  return worst;
}

const byPlace = (a: Finding, b: Finding): number =>
  compare(a.location?.path ?? '', b.location?.path ?? '') ||
  (a.location?.start_line ?? 0) - (b.location?.start_line ?? 0) ||
  compare(a.fingerprint, b.fingerprint);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function row(finding: Finding, isNew: boolean): Html {
  const { severity, title, message, location, snippet, identifiers, package: component, fix } = finding;
  const tools = [...new Set(finding.sources.map(({ tool }) => tool))].join(', ');
  return html`<tr><td><span class="badge severity ${severity}">${severity}</span></td><td class="finding">
<p class="title">${oneLine(title, 300)}${isNew ? html` <span class="badge failed">new</span>` : null}${
    finding.suppressed === null ? null : html` <span class="badge quiet">suppressed in the source</span>`
  }</p>
<p class="meta">${location === null ? null : html`<code>${place(location)}</code> · `}${tools} · ${reference(finding.rule)}${
    finding.score === null ? null : html` · score ${finding.score.toFixed(1)}`
  }${
    component === null
      ? null
      : html` · ${component.name}${component.version === null ? '' : ` ${component.version}`}`
  }${identifiers
    .filter((identifier) => identifier !== finding.rule)
    .slice(0, 8)
    .map((identifier) => html` · ${reference(identifier)}`)}</p>
${message === title ? null : html`<p class="wrap">${oneLine(message, 400)}</p>`}
${snippet === null ? null : html`<pre><code>${shortened(snippet)}</code></pre>`}
${fix === null ? null : html`<p class="meta"><b>Fix:</b> ${oneLine(fix, 300)}</p>`}</td></tr>`;
}

const place = ({ path, start_line: line }: Location): string => (line === null ? path : `${path}:${line}`);

const shortened = (snippet: string): string =>
  snippet.split('\n', 4).slice(0, 3).join('\n').slice(0, 400).trimEnd();

/** Only what is known to be such a name becomes a link: where it leads is decided here and not by a report. */
function reference(identifier: string): Html {
  const known = REFERENCES.find(([pattern]) => pattern.test(identifier));
  if (known === undefined) return html`${oneLine(identifier, 120)}`;
  return html`<a href="${known[1](identifier)}" rel="noreferrer noopener">${identifier}</a>`;
}

const REFERENCES: readonly [RegExp, (identifier: string) => string][] = [
  [/^CVE-\d{4}-\d{4,10}$/, (cve) => `https://nvd.nist.gov/vuln/detail/${cve}`],
  [/^GHSA(-[0-9a-z]{4}){3}$/, (ghsa) => `https://github.com/advisories/${ghsa}`],
  [/^CWE-\d{1,5}$/, (cwe) => `https://cwe.mitre.org/data/definitions/${cwe.slice(4)}.html`],
];
