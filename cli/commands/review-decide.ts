import { type ReviewVerdict, ReviewView } from '../../contracts/review.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followPromotion } from '../follow-promotion.ts';
import { query } from '../query.ts';
import { promotionCode } from './documents-status.ts';
import { reviewPath, shown } from './review-show.ts';

type Options = { readonly workspace: string; readonly reason: string };

const PATIENCE_MS = 60_000;

/**
 * Exit 2 while nothing is released yet: Trust is away, or a second person has to say the same. What is released is followed to
 * golden: one that does not come to be there was not let go.
 */
const deciding =
  (verdict: ReviewVerdict) =>
  async (context: Context, id: string, { workspace, reason }: Options): Promise<ExitCode> => {
    const api = context.api();
    const asked = await api.get(`${reviewPath(id)}${query({ workspace_id: workspace })}`, ReviewView);
    const { subject_digest } = asked;
    const body = { workspace_id: workspace, verdict, reason, subject_digest };
    const review = await api.post(`${reviewPath(id)}/decision`, body, ReviewView);
    shown(context, review);
    if (review.state === 'second_person') context.output.note('a second person has to say the same');
    if (review.state === 'open') context.output.note('taken down; Trust has not logged it yet');
    if (review.closed_at === null) return EXIT.gateFailed;
    if (review.released_as === null) return EXIT.ok;
    const { note } = context.output;
    const run = await followPromotion(api, workspace, review.released_as, note, PATIENCE_MS);
    note(`${review.released_as} ${run?.state ?? 'is still running'}`);
    return run === undefined ? EXIT.gateFailed : promotionCode(run);
  };

export const releaseReview = deciding('release');
export const releaseMasked = deciding('release_masked');
export const rejectReview = deciding('reject');
