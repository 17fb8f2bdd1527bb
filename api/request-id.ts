import { randomUUID } from 'node:crypto';

/** A caller's id is kept so that their logs and ours meet, unless it could forge a log line. */
export function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : randomUUID();
}
