import { BundlePath, type ScanDocument } from '../../contracts/bundle.ts';
import type { Notice } from '../../contracts/scan.ts';
import type { ToolRun } from '../../contracts/tool-run.ts';
import type { Isolation, ToolOutcome } from '../../contracts/tools.ts';
import { oneLine } from '../text/one-line.ts';
import { type Html, html } from './html.ts';

const OUTCOME: Readonly<Record<ToolOutcome, readonly [words: string, look: string]>> = {
  completed: ['completed', 'passed'],
  not_relevant: ['nothing to look at', 'quiet'],
  not_available: ['not available', 'failed'],
  timed_out: ['timed out', 'failed'],
  failed: ['failed', 'failed'],
};
const NOTICES = 40;

/** What nobody has looked at, and why: without it the rest cannot be read. */
export function unseenSection({ tools, warnings }: ScanDocument): Html {
  const idle = tools.filter(({ outcome }) => outcome !== 'completed');
  if (idle.length === 0 && warnings.length === 0) return html``;
  const rows = idle.map(
    (run) =>
      html`<tr><td>${run.title}${run.required ? html` <span class="badge failed">required</span>` : null}</td><td>${outcome(run)}</td><td class="wrap">${run.reason === null ? '' : oneLine(run.reason, 400)}</td></tr>`,
  );
  const table = html`<div class="scroll"><table><thead><tr><th>Tool</th><th>Outcome</th><th>Reason</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<section><h2>What did not run, and what was left out</h2>
${idle.length === 0 ? html`<p>Every tool ran.</p>` : table}
${warnings.length === 0 ? null : html`<details class="note"><summary>${count(warnings)} said along the way</summary><ul>${said(warnings)}</ul></details>`}</section>`;
}

const count = ({ length }: readonly Notice[]): string =>
  length === 1 ? '1 thing was' : `${length} things were`;

function said(warnings: readonly Notice[]): Html[] {
  const more = warnings.length - NOTICES;
  return [
    ...warnings
      .slice(0, NOTICES)
      .map(
        ({ message, path }) =>
          html`<li>${oneLine(message, 300)}${path === undefined ? null : html` <code>${oneLine(path, 200)}</code>`}</li>`,
      ),
    ...(more > 0 ? [html`<li>and ${more} more in scan.json</li>`] : []),
  ];
}

export function toolsSection(tools: readonly ToolRun[]): Html {
  const rows = tools.map(
    (
      run,
    ) => html`<tr><td>${run.title}<p class="soft">${run.version === null ? '' : oneLine(run.version, 60)}</p></td>
<td>${outcome(run)}</td><td class="number">${run.findings}</td><td class="number">${run.seconds.toFixed(1)} s</td>
<td>${run.isolation === null ? html`<span class="soft">–</span>` : isolation(run.isolation)}${
      run.data === null
        ? null
        : html`<p class="soft">${oneLine(run.data.name, 100)}${run.data.updated_at === null ? ', age unknown' : `, of ${run.data.updated_at.slice(0, 10)}`}</p>`
    }</td>
<td>${run.reports.filter((path) => BundlePath.safeParse(path).success).map((path) => html`<p><a href="${path}">${path.split('/').at(-1) ?? path}</a></p>`)}</td></tr>`,
  );
  return html`<section><h2>Tools<small>findings before the same issue from several became one</small></h2>
<div class="scroll"><table><thead><tr><th>Tool</th><th>Outcome</th><th class="number">Findings</th><th class="number">Time</th><th>Kept apart by</th><th>Reports</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function outcome({ outcome: how }: ToolRun): Html {
  const [words, look] = OUTCOME[how];
  return html`<span class="badge ${look}">${words}</span>`;
}

function isolation({ method, network, lacking }: Isolation): Html {
  return html`${method}, ${network === 'none' ? 'no network' : 'with network'}${
    lacking.length === 0 ? null : html`<p class="soft">without ${oneLine(lacking.join(', '), 200)}</p>`
  }`;
}
