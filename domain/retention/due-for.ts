import type { RetentionClass, RetentionPolicy } from '../../contracts/retention.ts';

const DAY_MS = 24 * 3_600_000;

type Standing = { readonly class: RetentionClass; readonly promotedAt: Date; readonly onHold: boolean };

/** What is to become of a copy now. Both times count from its promotion; nothing becomes of one on hold. */
export function dueFor(
  { hot_days, delete_after_days }: Pick<RetentionPolicy, 'hot_days' | 'delete_after_days'>,
  { class: standing, promotedAt, onHold }: Standing,
  now: Date,
): 'archive' | 'delete' | undefined {
  if (onHold || standing === 'deleted') return undefined;
  const isOver = (days: number | null) =>
    days !== null && now.getTime() - promotedAt.getTime() >= days * DAY_MS;
  if (isOver(delete_after_days)) return 'delete';
  return standing === 'hot' && isOver(hot_days) ? 'archive' : undefined;
}
