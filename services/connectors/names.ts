import { hash } from 'node:crypto';
import { keyFault } from '../objects/names.ts';
import type { LostItem } from './connector.ts';

/** What keeps a name from being the name of an item: rows, lists and terminals are to show it as it is. */
export const nameFault = keyFault;

/** An item with a name that is none: told under a name that can be shown, and is the same each time. */
export const oddName = (name: string): LostItem => ({
  key: shown(name),
  code: 'invalid_key',
  message: `its name cannot be used: ${nameFault(name) ?? 'it is none'}`,
});

/** What others call a thing, so that it can be told on one line; two long names do not become one. */
export function shown(name: string): string {
  const visible = name
    .toWellFormed()
    .replace(UNPRINTABLE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
  return visible.length <= MAX_SHOWN
    ? visible
    : `${visible.slice(0, MAX_SHOWN)}…${hash('sha256', name).slice(0, 16)}`;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/gu;
const MAX_SHOWN = 500;
