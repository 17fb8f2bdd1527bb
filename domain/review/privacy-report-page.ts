import type { PrivacyScanResult, PrivacyScanView } from '../../contracts/privacy.ts';
import { type Html, html } from '../bundle/html.ts';
import { kindsOf, momentOf, opaqueOf, pageOf } from './page.ts';

const MOST_PLACES = 20;

/** What was found where, and never what: this page is passed around. */
export function privacyReportPage(scan: PrivacyScanView): string {
  const what = scan.scan_id ?? (scan.prefix === '' ? 'all documents' : scan.prefix);
  return pageOf(
    `Privacy scan: ${what}`,
    html`<header><div><p class="kicker">privacy scan ${scan.privacy_scan_id}</p>
<h1>${what}</h1><p class="soft">${scan.dry_run ? 'A dry run: nothing was held back.' : null}</p></div>
<p class="verdict ${VERDICT[scan.state]}">${scan.state}<small>${momentOf(scan.ended_at)}</small></p></header>
${scan.error === null ? null : html`<section class="alarm"><h2>${scan.error.code}</h2><p>${scan.error.message}</p></section>`}
<section><h2>Files</h2><div class="tiles">${TILES.map(([name, of]) => html`<div class="tile"><b>${of(scan)}</b><span>${name}</span></div>`)}</div></section>
<section><h2>What was found<small>${scan.results.length} of ${scan.scanned} files</small></h2>
<div class="scroll"><table><thead><tr><th>File</th><th>Outcome</th><th>Kinds</th></tr></thead><tbody>${scan.results.map(row)}</tbody></table></div></section>
<footer>Certus, begun ${momentOf(scan.started_at)} for ${scan.requested_by}. Policy ${scan.policy_digest ?? '-'}.</footer>`,
  );
}

const VERDICT = { running: 'quiet', done: 'passed', failed: 'failed' } as const;

const TILES: readonly (readonly [string, (scan: PrivacyScanView) => number])[] = [
  ['scanned', ({ scanned }) => scanned],
  ['clean', ({ clean }) => clean],
  ['masked', ({ masked }) => masked],
  ['quarantined', ({ quarantined }) => quarantined],
];

function row({ name, format, outcome, kinds, places, opaque, review_id }: PrivacyScanResult): Html {
  const shown = places.slice(0, MOST_PLACES);
  const more = places.length - shown.length;
  return html`<tr class="finding"><td><p class="title">${name}</p><p class="meta">${format}</p>${opaqueOf(opaque)}</td>
<td>${outcome}${review_id === null ? null : html`<p class="meta">${review_id}</p>`}</td>
<td>${kindsOf(kinds)}${shown.map(({ type, place }) => html`<p class="meta">${type}: ${place}</p>`)}${more > 0 ? html`<p class="meta">and ${more} more</p>` : null}</td></tr>`;
}
