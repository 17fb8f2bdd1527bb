import { listParts } from '../../services/database/upload-parts.ts';
import {
  endSession,
  expiredSessions,
  forgetSession,
  type SessionPlace,
} from '../../services/database/upload-sessions.ts';
import { removePieces } from './remove-pieces.ts';
import type { UploadDeps } from './upload-deps.ts';

const HOUR = 3_600_000;
/** What began in time may still be arriving at an address of the store. */
const GRACE_MS = HOUR;
/** How long after its time an upload can still be asked for; whatever came too late goes with it. */
const MEMORY_MS = 7 * 24 * HOUR;
const AT_ONCE = 100;

/** Ends uploads that nobody went on with and removes their pieces; gives back how many it dealt with. */
export async function sweepUploads(
  deps: UploadDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<number> {
  const now = deps.now().getTime();
  const before = {
    open: new Date(now - GRACE_MS),
    committing: new Date(now - 48 * HOUR),
    ended: new Date(now - MEMORY_MS),
  };
  let swept = 0;
  for (;;) {
    const places = await expiredSessions(deps.database, before, AT_ONCE);
    for (const place of places) {
      signal.throwIfAborted();
      await sweep(deps, place);
    }
    swept += places.length;
    if (places.length < AT_ONCE) return swept;
  }
}

async function sweep(deps: UploadDeps, { scope, session }: SessionPlace): Promise<void> {
  const { id, state, expiresAt } = session;
  if (state === 'open' || state === 'committing') {
    const counts = (await listParts(deps.database, scope, id)).length > 0;
    const message = `the upload had time until ${expiresAt.toISOString()}`;
    const error = { code: 'upload_expired', message } as const;
    await endSession(deps.database, scope, session, { state: 'expired', error, counts, at: deps.now() });
  }
  await removePieces(deps, scope, id);
  if (state !== 'open' && state !== 'committing') await forgetSession(deps.database, scope, id);
}
