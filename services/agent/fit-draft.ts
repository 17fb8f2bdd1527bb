import type { DeliveredDraft } from '../../contracts/delivery.ts';
import type { Draft } from '../../domain/ingest/draft.ts';

/**
 * A draft as a delivery takes it. Its key is made of names and words of its item, and is only to be the same each time: what
 * leaves is a name for it that tells nothing.
 */
export function fitDraft(draft: Draft, blind: (key: string) => string, extra: Extra): DeliveredDraft {
  const { severity, rule, tool, path, place, licenses, packageVersion } = draft;
  const own = Object.entries({ ...extra, ...draft.extra }).map(
    ([name, value]) => [cut(name, 100), typeof value === 'string' ? cut(value, 2000) : value] as const,
  );
  return {
    kind: draft.kind,
    key: `${draft.kind}/${blind(draft.key)}`,
    title: cut(draft.title, 2000),
    text: cut(draft.text, MAX_TEXT),
    ...(severity === undefined ? {} : { severity: cut(severity, 20) }),
    ...(rule === undefined ? {} : { rule: cut(rule, 1000) }),
    ...(tool === undefined ? {} : { tool: cut(tool, 200) }),
    ...(path === undefined ? {} : { path: cut(path, 2000) }),
    ...(draft.package === undefined ? {} : { package: cut(draft.package, 1000) }),
    ...(packageVersion === undefined ? {} : { packageVersion: cut(packageVersion, 500) }),
    ...(licenses === undefined ? {} : { licenses: licenses.slice(0, 100).map((one) => cut(one, 500)) }),
    ...(place === undefined ? {} : { place: cut(place, 500) }),
    ...(own.length === 0 ? {} : { extra: Object.fromEntries(own) }),
  };
}

type Extra = Readonly<Record<string, string | number | boolean>>;

/** More than any reader makes. */
const MAX_TEXT = 100_000;

const cut = (text: string, max: number): string => text.slice(0, max).toWellFormed();
