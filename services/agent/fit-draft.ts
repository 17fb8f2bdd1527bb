import { basename } from 'node:path/posix';
import type { DeliveredDraft } from '../../contracts/delivery.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import type { NameMask } from './name-mask.ts';

export type DraftNames = Pick<NameMask, 'path'> & {
  /** For the key of a draft, which is made of names and words of its item and is only to be the same each time. */
  readonly blind: (key: string) => string;
  /** Of a commit: a message, and which files it has changed. */
  readonly isHistory: boolean;
};

/**
 * A draft as a delivery takes it. Its texts were masked as texts; names of files stand in them as well, such as those in an
 * archive, and people are written in another way there.
 */
export function fitDraft(draft: Draft, names: DraftNames, extra: Extra): DeliveredDraft {
  const { severity, rule, tool, path, place, licenses, packageVersion } = draft;
  const shown = path === undefined ? undefined : names.path(path);
  const own = Object.entries({ ...extra, ...draft.extra }).map(
    ([name, value]) => [cut(name, 100), typeof value === 'string' ? cut(value, 2000) : value] as const,
  );
  const renamed = (text: string): string =>
    path === undefined || shown === undefined || shown === path || path.length < SHORTEST
      ? text
      : text.replaceAll(path, () => shown).replaceAll(basename(path), () => basename(shown));
  return {
    kind: draft.kind,
    key: `${draft.kind}/${names.blind(draft.key)}`,
    title: cut(renamed(draft.title), 2000),
    text: cut(withNamesMasked(renamed(draft.text), place, names), MAX_TEXT),
    ...(severity === undefined ? {} : { severity: cut(severity, 20) }),
    ...(rule === undefined ? {} : { rule: cut(rule, 1000) }),
    ...(tool === undefined ? {} : { tool: cut(tool, 200) }),
    ...(shown === undefined ? {} : { path: cut(shown, 2000) }),
    ...(draft.package === undefined ? {} : { package: cut(draft.package, 1000) }),
    ...(packageVersion === undefined ? {} : { packageVersion: cut(packageVersion, 500) }),
    ...(licenses === undefined ? {} : { licenses: licenses.slice(0, 100).map((one) => cut(one, 500)) }),
    ...(place === undefined ? {} : { place: cut(placeOf(renamed(place), shown, names), 500) }),
    ...(own.length === 0 ? {} : { extra: Object.fromEntries(own) }),
  };
}

type Extra = Readonly<Record<string, string | number | boolean>>;

/** More than any reader makes. */
const MAX_TEXT = 100_000;
/** A name of a letter would be found in every word. */
const SHORTEST = 4;

const cut = (text: string, max: number): string => text.slice(0, max).toWellFormed();

/** Lists of files: what is in an archive, and what a commit has changed. What is beyond the bound stays here. */
function withNamesMasked(text: string, place: string | undefined, names: DraftNames): string {
  const isList = place?.endsWith('names of files') === true;
  // any other document may begin all of its lines with a letter: a look at each would hold up all that is sent meanwhile
  if (!isList && !(names.isHistory && CHANGED.test(text))) return text;
  const lines: string[] = [];
  let [named, left] = [0, 0];
  for (const line of text.split('\n')) {
    const [, status = '', path = isList ? line : ''] = ONE_CHANGED.exec(line) ?? [];
    if (path === '') lines.push(line);
    else if (named < MOST_NAMES) lines.push(`${status}${names.path(path)}`);
    else left += 1;
    named += path === '' ? 0 : 1;
  }
  return [...lines, ...(left === 0 ? [] : [`and ${left} more`])].join('\n');
}

const MOST_NAMES = 2000;
/** As git says it: a letter, and what it is about. */
const CHANGED = /^[ACDMRTU]\d{0,3}[ \t]\S/m;
const ONE_CHANGED = /^([ACDMRTU]\d{0,3}[ \t])(\S.{0,3000})$/;

/** Of most it is a number of a line, and nobody is called so. */
function placeOf(place: string, path: string | undefined, names: DraftNames): string {
  if (path !== undefined && place.startsWith(path) && NUMBERS.test(place.slice(path.length))) return place;
  return NUMBERS.test(place) ? place : names.path(place);
}

const NUMBERS = /^(?:lines?|pages?|rows?|slides?)?[\d\s:,–-]*$/;
