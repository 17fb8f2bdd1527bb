import { ReviewList, ReviewPreview, ReviewView } from '../../contracts/review.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';

type InWorkspace = { readonly workspace: string };
type Listing = InWorkspace & { readonly state: string; readonly limit: number; readonly cursor?: string };

export async function listReviews(
  { api, output }: Context,
  { workspace, state, limit, cursor }: Listing,
): Promise<ExitCode> {
  const asked = { workspace_id: workspace, state: state === 'all' ? undefined : state, limit, cursor };
  const page = await api().get(`/v1/reviews${query(asked)}`, ReviewList);
  output.result(page, () => {
    output.table(COLUMNS, page.reviews.map(row));
    if (page.next_cursor) output.note(`more: --cursor ${page.next_cursor}`);
  });
  return EXIT.ok;
}

export const reviewPath = (id: string): string => `/v1/reviews/${encodeURIComponent(id)}`;

export async function showReview(
  context: Context,
  id: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const path = `${reviewPath(id)}${query({ workspace_id: workspace })}`;
  return shown(context, await context.api().get(path, ReviewView));
}

export function shown({ output }: Context, review: ReviewView): ExitCode {
  output.result(review, () => {
    output.table(COLUMNS, [row(review)]);
    for (const { type, place } of review.places) output.line(`  ${type}: ${place}`);
    for (const { reason, place } of review.opaque) output.line(`  not looked into: ${reason} ${place}`);
    for (const { at, by, verdict, reason } of review.decisions)
      output.line(`  ${at}  ${by}: ${verdict}, ${reason}`);
    if (review.released_as !== null) output.line(`  promoted as ${review.released_as}`);
  });
  return EXIT.ok;
}

const COLUMNS = ['REVIEW', 'STATE', 'NAME', 'FOUND', 'EXPIRES'];

const row = (review: ReviewView): string[] => [
  review.review_id,
  review.state,
  review.name,
  review.kinds.map(({ type, count }) => `${type} ${count}`).join(', ') || '-',
  review.expires_at,
];

/** What was found stands between brackets, with its kind: a terminal has no other mark that a text cannot have as well. */
export async function previewReview(
  { api, output }: Context,
  id: string,
  { workspace }: InWorkspace,
): Promise<ExitCode> {
  const found = await api().get(
    `${reviewPath(id)}/preview${query({ workspace_id: workspace })}`,
    ReviewPreview,
  );
  output.result(found, () => {
    for (const piece of found.pieces) {
      output.line(`--- ${piece.place}`);
      for (const line of marked(piece).split('\n')) output.line(line);
    }
  });
  return EXIT.ok;
}

function marked({ text, spans }: ReviewPreview['pieces'][number]): string {
  let shownText = '';
  let at = 0;
  for (const { type, start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > text.length) continue;
    shownText += `${text.slice(at, start)}[[${type}: ${text.slice(start, end)}]]`;
    at = end;
  }
  return shownText + text.slice(at);
}
