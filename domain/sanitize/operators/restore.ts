import type { SanitizeFormat } from '../../../contracts/sanitize.ts';
import { openPseudonym } from './pseudonym.ts';
import type { SanitizeKey } from './sanitize-key.ts';
import { LONGEST_STAND_IN, pseudonymsIn } from './stand-in.ts';

export type Restored = {
  readonly text: string;
  readonly restored: number;
  /** Pseudonyms of another key, or what only looks like one: they stay. */
  readonly unknown: number;
};

/** Puts back what the key's pseudonyms stand for, written so that the format stays what it is. */
export function restore(text: string, key: SanitizeKey, format: SanitizeFormat = 'text'): Restored {
  const write = ESCAPED[format] ?? ((as) => as);
  const parts: string[] = [];
  let [at, restored, unknown] = [0, 0, 0];
  for (const { start, end, type, name, spelling } of pseudonymsIn(text)) {
    const value = openPseudonym({ type, name, spelling }, key);
    if (value === undefined) {
      unknown += 1;
      continue;
    }
    restored += 1;
    parts.push(text.slice(at, start), write(value));
    at = end;
  }
  return { text: parts.join('') + text.slice(at), restored, unknown };
}

const inMarkup = (value: string): string => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const ESCAPED: Partial<Record<SanitizeFormat, (value: string) => string>> = {
  json: (value) => JSON.stringify(value).slice(1, -1),
  xml: inMarkup,
  html: inMarkup,
};

/** A text that comes in pieces; none of them ends in the middle of a pseudonym. */
export class RestoreStream {
  readonly #key: SanitizeKey;
  readonly #format: SanitizeFormat;
  #held = '';

  constructor(key: SanitizeKey, format: SanitizeFormat = 'text') {
    this.#key = key;
    this.#format = format;
  }

  push(text: string): Restored {
    const all = this.#held + text;
    const from = Math.max(0, all.length - LONGEST_STAND_IN);
    const open = all.lastIndexOf('[');
    const cut = open >= from && MAY_GO_ON.test(all.slice(open)) ? open : all.length;
    this.#held = all.slice(cut);
    return restore(all.slice(0, cut), this.#key, this.#format);
  }

  end(): Restored {
    const held = this.#held;
    this.#held = '';
    return restore(held, this.#key, this.#format);
  }
}

const MAY_GO_ON = /^\[[A-Za-z0-9_~]*$/;
