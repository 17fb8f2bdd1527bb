import { createHash } from 'node:crypto';
import { type Html, html } from '../bundle/html.ts';
import { SUMMARY_STYLE } from '../bundle/summary-style.ts';

const STYLE = `${SUMMARY_STYLE}
mark { background: #ffe08a; color: #14181f; border-radius: 3px; padding: 0 2px; }
mark small { font-size: 10.5px; margin-left: 4px; opacity: .7; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** The page shows what somebody hostile wrote: it runs nothing, loads nothing, and nobody else's page may frame it. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** To be sent along with a page. No copy of it stays behind: a browser's cache would outlive the right to see it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'; sandbox`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export const pageOf = (title: string, body: Html): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${html`<title>${title}</title>`.markup}
<style>${STYLE}</style>
</head>
<body>
<main>
${body.markup}
</main>
</body>
</html>
`;

export const kindsOf = (kinds: readonly { readonly type: string; readonly count: number }[]): Html =>
  kinds.length === 0
    ? html`<span class="soft">none</span>`
    : html`<span class="chips">${kinds.map(({ type, count }) => html`<span class="chip">${type} ${count}</span>`)}</span>`;

export const opaqueOf = (opaque: readonly { readonly reason: string; readonly place: string }[]): Html =>
  html`${opaque.map(({ reason, place }) => html`<p class="meta">not looked into: ${reason.replaceAll('_', ' ')}${place === '' ? '' : `, ${place}`}</p>`)}`;

export const momentOf = (at: string | null): string =>
  at === null ? '-' : `${at.slice(0, 19).replace('T', ' ')} UTC`;
