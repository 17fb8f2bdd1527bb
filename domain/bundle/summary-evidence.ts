import type { ComplianceDocument, ComplianceOutcome } from '../../contracts/compliance.ts';
import type { RuleComponent } from '../policy/rule-facts.ts';
import { oneLine } from '../text/one-line.ts';
import { type Html, html } from './html.ts';

const CONTROLS = 200;
const LICENSES = 30;

export function complianceSection(document: ComplianceDocument | null): Html {
  if (document === null) return html``;
  const all = document.outcomes.flatMap(({ name, controls }) =>
    controls.map((control) => ({ name, ...control })),
  );
  const rows = all.slice(0, CONTROLS).map(({ name, framework, control_id: id, outcome, tests }) => {
    const reasons = tests.flatMap((test) => test.reasons.map((reason) => `${test.name}: ${reason}`));
    return html`<tr><td>${framework} ${id}<p class="soft">${name}</p></td><td>${badge(outcome)}</td>
<td class="wrap">${reasons.slice(0, 5).map((reason) => html`<p>${oneLine(reason, 300)}</p>`)}</td></tr>`;
  });
  const more = all.length - rows.length;
  return html`<section><h2>Compliance<small>${all.filter(({ outcome }) => outcome === 'passed').length} of ${all.length} controls hold</small></h2>
<div class="scroll"><table><thead><tr><th>Control</th><th>Outcome</th><th>Why</th></tr></thead><tbody>${rows}</tbody></table></div>
${more > 0 ? html`<p class="note">and ${more} more in compliance.json</p>` : null}</section>`;
}

const LOOK: Readonly<Record<ComplianceOutcome, readonly [words: string, look: string]>> = {
  passed: ['passed', 'passed'],
  failed: ['failed', 'failed'],
  not_evaluated: ['not evaluated', 'quiet'],
};
const badge = (outcome: ComplianceOutcome): Html =>
  html`<span class="badge ${LOOK[outcome][1]}">${LOOK[outcome][0]}</span>`;

export function componentsSection(components: readonly RuleComponent[] | null): Html {
  if (components === null) return html``;
  const licenses = new Map<string, number>();
  for (const { licenses: own } of components)
    for (const license of own.length === 0 ? ['unknown'] : new Set(own))
      licenses.set(license, (licenses.get(license) ?? 0) + 1);
  const most = [...licenses].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const more = most.length - LICENSES;
  return html`<section><h2>Components and licences<small>${components.length} components</small></h2>
${most.length === 0 ? html`<p class="soft">No dependencies were found.</p>` : null}
<div class="chips">${most.slice(0, LICENSES).map(([license, count]) => html`<span class="chip">${oneLine(license, 80)} <b>${count}</b></span>`)}${
    more > 0 ? html`<span class="chip soft">and ${more} more</span>` : null
  }</div></section>`;
}
