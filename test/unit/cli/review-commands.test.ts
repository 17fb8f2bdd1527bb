import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { privacyScanExample } from '../../../api/privacy/examples.ts';
import { promotionExample } from '../../../api/promotions/examples.ts';
import { previewExample, reviewExample } from '../../../api/reviews/examples.ts';
import type { ApiClient } from '../../../cli/api-client.ts';
import { privacyScan } from '../../../cli/commands/privacy-scan.ts';
import { rejectReview, releaseMasked } from '../../../cli/commands/review-decide.ts';
import { listReviews, previewReview } from '../../../cli/commands/review-show.ts';
import type { Context } from '../../../cli/context.ts';
import { createOutput } from '../../../cli/output.ts';

/** A command line in front of an API that gives these answers one after the other. */
function cli(...answers: unknown[]) {
  const said = { text: '', asked: [] as { path: string; body: unknown }[] };
  const stdout = { write: (text: string) => (said.text += text) };
  const answered = (path: string, schema: z.ZodType, body?: unknown) => {
    said.asked.push({ path, body });
    return schema.parse(answers.length > 1 ? answers.shift() : answers[0]);
  };
  const api: Partial<ApiClient> = {
    get: async (path, schema) => answered(path, schema) as never,
    post: async (path, body, schema) => answered(path, schema, body) as never,
  };
  const context = { api: () => api, output: createOutput('text', stdout, stdout), stdout };
  return { context: context as unknown as Context, said };
}
const here = { workspace: 'default' };
const { review_id } = reviewExample;

test('a privacy scan tells by its exit code that something must be held back', async () => {
  const { context, said } = cli(privacyScanExample);
  expect(await privacyScan(context, { ...here, prefix: 'customers/' })).toBe(2);
  expect(said.asked).toMatchObject([
    { path: '/v1/privacy/scan', body: { prefix: 'customers/', dry_run: false } },
  ]);
  expect(said.text).toContain('customers/list.csv\tquarantined\tEMAIL_ADDRESS 2\tline 2');
  const clean = { ...privacyScanExample, quarantined: 0, clean: 2, results: [] };
  expect(await privacyScan(cli(clean).context, here)).toBe(0);
  const failed = { ...clean, state: 'failed', error: { code: 'bundle_invalid', message: 'no' } };
  expect(await privacyScan(cli(failed).context, here)).toBe(1);
});

test('a privacy scan shows the results of all pages', async () => {
  const [first] = privacyScanExample.results;
  const second = { ...privacyScanExample, results: [{ ...first, name: 'customers/\u001b[2Jother.csv' }] };
  const { context, said } = cli({ ...privacyScanExample, next_cursor: 'MQ' }, second);
  await privacyScan(context, here);
  expect(said.asked[1]?.path).toMatch(/cursor=MQ/);
  expect(said.text).toContain('customers/list.csv');
  expect(said.text).toContain('customers/\\u{1b}[2Jother.csv');
});

test('a decision is about the bytes that the review was shown with', async () => {
  const { context, said } = cli(reviewExample);
  expect(await releaseMasked(context, review_id, { ...here, reason: 'masked' })).toBe(2);
  expect(said.asked[1]).toEqual({
    path: `/v1/reviews/${review_id}/decision`,
    body: {
      workspace_id: 'default',
      verdict: 'release_masked',
      reason: 'masked',
      subject_digest: reviewExample.subject_digest,
    },
  });
  expect(said.text).toContain('a second person has to say the same');
  const rejected = { ...reviewExample, state: 'rejected', closed_at: '2026-01-02T00:00:00.000Z' };
  expect(await rejectReview(cli(reviewExample, rejected).context, review_id, { ...here, reason: 'no' })).toBe(
    0,
  );
});

test.each([
  [0, { state: 'promoted', outstanding: 0 }],
  [1, { state: 'failed', error: { code: 'order_invalid', message: 'no' } }],
  [1, { state: 'denied', denial: 'no' }],
])('a release ends with %i when its run ends as %p', async (code, end) => {
  const released_as = promotionExample.promotion_id;
  const closed_at = '2026-01-02T00:00:00.000Z';
  const released = { ...reviewExample, state: 'released_masked', closed_at, released_as };
  const { context, said } = cli(reviewExample, released, { ...promotionExample, ...end });
  expect(await releaseMasked(context, review_id, { ...here, reason: 'masked' })).toBe(code);
  expect(said.asked[2]?.path).toContain(`/v1/promotions/${released_as}`);
});

test('a list asks for what waits, unless for all', async () => {
  const { context, said } = cli({ reviews: [reviewExample], next_cursor: null });
  await listReviews(context, { ...here, state: 'pending', limit: 20 });
  await listReviews(context, { ...here, state: 'all', limit: 20 });
  expect(said.asked.map(({ path }) => path.includes('state='))).toEqual([true, false]);
});

test('a preview marks what was found, and obeys nothing that stands in it', async () => {
  const [piece] = previewExample.pieces;
  const hostile = {
    ...previewExample,
    pieces: [
      {
        ...piece,
        text: `\u001b]0;x\u0007\n${piece?.text}`,
        spans: [
          { type: 'EMAIL_ADDRESS', start: 12, end: 32 },
          { type: 'PERSON', start: 90, end: 99 },
        ],
      },
    ],
  };
  const { context, said } = cli(hostile);
  expect(await previewReview(context, review_id, here)).toBe(0);
  expect(said.text).toContain('[[EMAIL_ADDRESS: ');
  expect(said.text).not.toContain('\u001b');
});
