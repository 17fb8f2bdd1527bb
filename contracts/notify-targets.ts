import type { Notify } from './manifest.ts';
import type { NotifyTarget } from './notification.ts';

// Workflow code imports this file: it must stay free of everything that a workflow's sandbox need not load.

/** Everybody a profile wants told, each of them once. */
export function notifyTargets(notify: Notify | undefined): NotifyTarget[] {
  if (notify === undefined) return [];
  const targets: NotifyTarget[] = [
    ...(notify.slack === undefined
      ? []
      : [{ kind: 'slack', place: 'slack', address: notify.slack } as const]),
    ...notify.webhooks.map((address, at) => ({ kind: 'webhook', place: `webhooks.${at}`, address }) as const),
    ...notify.email.map((address, at) => ({ kind: 'email', place: `email.${at}`, address }) as const),
  ];
  const same = (a: NotifyTarget) => (b: NotifyTarget) => a.kind === b.kind && a.address === b.address;
  return targets.filter((target, at) => targets.findIndex(same(target)) === at);
}
