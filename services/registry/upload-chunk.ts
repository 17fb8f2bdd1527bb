import { CertusError } from '../../contracts/errors.ts';
import type { Chunk } from './blob-chunks.ts';
import type { Send } from './distribution-client.ts';
import type { Answer } from './exchange.ts';
import { retrying, TryAgain, type Wait } from './retry.ts';

/** Where an upload goes on, and in pieces of which size. */
export type Upload = { readonly at: URL; readonly chunkBytes: number };

/** The registry knows nothing of an upload any longer, or has of it what we cannot go on from. */
export class UploadLost extends CertusError {
  constructor(repository: string, options: { cause?: unknown } = {}) {
    super('dependency_unavailable', `The registry has forgotten the upload to ${repository}`, options);
  }
}

type Sending = {
  readonly send: Send;
  readonly wait: Wait;
  readonly scope: string;
  readonly repository: string;
};

/** Sends one chunk whole and gives back where the next one goes. After a break the registry is asked how far it came. */
export const sendChunk = async (
  { send, wait, scope, repository }: Sending,
  from: URL,
  { start, bytes }: Chunk,
): Promise<URL> => {
  let at = from;
  let sent = 0;
  let broken = false;
  const note = (answer: Answer): number => {
    if (answer.status === 404) throw new UploadLost(repository);
    at = nextLocation(answer, at);
    const reached = reachedIn(answer);
    return reached === undefined ? bytes.length : reached - start;
  };
  const attempt = async (): Promise<void> => {
    if (broken) {
      // some ask for nothing but what they have themselves said, and have said nothing of what broke off
      const answer = await send(at, scope, { method: 'GET', limit: MAX_NOTE, expected: LOST });
      if (LOST.includes(answer.status)) throw new UploadLost(repository);
      const reached = note(answer);
      if (reachedIn(answer) === undefined || reached < 0 || reached > bytes.length)
        throw new UploadLost(repository);
      sent = reached;
      broken = false;
    }
    while (sent < bytes.length) {
      broken = true;
      const range = `${start + sent}-${start + bytes.length - 1}`;
      const headers = { 'content-type': 'application/octet-stream', 'content-range': range };
      const body = bytes.subarray(sent);
      const answer = await send(at, scope, {
        method: 'PATCH',
        headers,
        body,
        limit: MAX_NOTE,
        expected: [416],
      });
      if (answer.status === 416) throw new TryAgain(`The registry holds another part of ${repository}`);
      const reached = note(answer);
      if (reached <= sent || reached > bytes.length)
        throw new CertusError('registry_refused', `The registry does not take ${repository} as it is sent`);
      sent = reached;
      broken = false;
    }
  };
  try {
    await retrying(wait, attempt);
  } catch (error) {
    if (!(error instanceof TryAgain)) throw error;
    // so many attempts are enough: they are not made again from the first chunk on
    throw new CertusError('dependency_unavailable', error.message, { cause: error });
  }
  return at;
};

/** Refusals to say how far an upload came. */
const LOST = [400, 405, 416];
const MAX_NOTE = 64 * 1024;

const nextLocation = (answer: Answer, at: URL): URL => {
  const location = answer.header('location');
  return location !== undefined && URL.canParse(location, answer.url.href)
    ? new URL(location, answer.url)
    : at;
};

/** How many bytes the registry has: `Range: 0-9` are ten. Of nothing at all some say `0-0`, as they do of one byte. */
const reachedIn = (answer: Answer): number | undefined => {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(answer.header('range') ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
};
