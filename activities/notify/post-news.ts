import { ApplicationFailure } from '@temporalio/activity';
import { CertusError } from '../../contracts/errors.ts';
import { FetchError } from '../../services/fetch/fetch-error.ts';
import { type PostAnswer, postBytes } from '../../services/fetch/post-bytes.ts';
import { retryAfterMs } from '../../services/registry/retry.ts';
import type { NotifyDeps, Sent } from './deps.ts';

/** Posts the news; throws what another try may mend, and answers with everything else. */
export async function postNews(
  { allowedHosts, now }: Pick<NotifyDeps, 'allowedHosts' | 'now'>,
  address: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Sent> {
  const answer = await post(address, body, allowedHosts, headers);
  if ('refused' in answer) return { outcome: 'refused', detail: answer.refused };
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { outcome: 'delivered', detail: null };
  if (status < 500 && status !== 408 && status !== 429)
    return { outcome: 'refused', detail: `HTTP ${status}` };
  const after = retryAfterMs(retryAfter, now().getTime());
  throw ApplicationFailure.create({
    type: 'dependency_unavailable',
    message: `the other side answers ${status}`,
    // asked to stay away for long, we come back sooner: a wait of days would outlive the news
    ...(after === undefined ? {} : { nextRetryDelay: Math.min(Math.max(after, 1000), LONGEST_WAIT) }),
  });
}

const LONGEST_WAIT = 60 * 60 * 1000;

async function post(
  address: string,
  body: Uint8Array,
  allowedHosts: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<PostAnswer | { refused: string }> {
  try {
    return await postBytes(address, body, { allowedHosts, headers });
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    if (error.fault === 'unreachable') throw new CertusError('dependency_unavailable', error.message);
    const hint = error.fault === 'not_allowed' ? ' (CERTUS_NOTIFY_ALLOWED_HOSTS)' : '';
    return { refused: `${error.message}${hint}` };
  }
}
