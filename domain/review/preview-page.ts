import type { ReviewPreview, ReviewView } from '../../contracts/review.ts';
import { type Html, html } from '../bundle/html.ts';
import { kindsOf, momentOf, opaqueOf, pageOf } from './page.ts';

type Piece = ReviewPreview['pieces'][number];

/** For reviewers alone: what is held back, with the personal data in it marked. */
export function previewPage(review: ReviewView, pieces: readonly Piece[]): string {
  return pageOf(
    `Review: ${review.name}`,
    html`<header><div><p class="kicker">${review.review_id} · holds personal data</p><h1>${review.name}</h1>
<p class="soft wrap">sha256 <code>${review.subject_digest}</code></p></div>
<p class="verdict quiet">${review.state.replaceAll('_', ' ')}<small>until ${momentOf(review.expires_at)}</small></p></header>
<section><h2>What was found</h2>${kindsOf(review.kinds)}${opaqueOf(review.opaque)}</section>
${pieces.length === 0 ? html`<section><p class="soft">There is no text to show.</p></section>` : pieces.map(section)}`,
  );
}

const section = (piece: Piece): Html =>
  html`<section><h2>${piece.place}</h2><p class="text">${marked(piece)}</p></section>`;

/** What stands outside of the text, or within a find before it, is left as text. */
function marked({ text, spans }: Piece): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const { type, start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > text.length) continue;
    parts.push(html`${text.slice(at, start)}<mark>${text.slice(start, end)}<small>${type}</small></mark>`);
    at = end;
  }
  return [...parts, html`${text.slice(at)}`];
}
