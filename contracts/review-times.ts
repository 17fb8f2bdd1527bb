import type { ReviewRules } from './privacy.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

const HOUR_MS = 3_600_000;
/** However short the time that a tenant names: nobody reads more of them, and a history holds only so many. */
const MOST_REMINDERS = 100;

export const expiryOf = (openedAt: string, rules: ReviewRules): number =>
  Date.parse(openedAt) + rules.expires_after_hours * HOUR_MS;

export const reminderInterval = ({ remind_after_hours, expires_after_hours }: ReviewRules): number =>
  Math.max(remind_after_hours, expires_after_hours / MOST_REMINDERS) * HOUR_MS;
