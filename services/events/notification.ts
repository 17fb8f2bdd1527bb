import type { Scope } from '../../contracts/identifiers.ts';

/** The channel on which writers tell every process that a stream has grown. */
export const CHANNEL = 'certus_events';

/** Names one run's stream within this installation: ids have neither "/" nor ":". */
export const streamName = ({ tenant, workspace }: Scope, testId: string): string =>
  `${tenant}/${workspace}/${testId}`;

export const notification = (scope: Scope, testId: string, length: number): string =>
  `${streamName(scope, testId)}:${length}`;

/** `undefined` for what somebody else has sent on the channel. */
export function parseNotification(
  payload: string | undefined,
): { readonly stream: string; readonly length: number } | undefined {
  const [, stream, length] = /^([^:]{1,512}):([1-9]\d{0,9})$/.exec(payload ?? '') ?? [];
  return stream === undefined ? undefined : { stream, length: Number(length) };
}
