import type { Tokenizer } from './runtime.ts';
import { Unusable } from './unusable.ts';

/** Makes the tokens of a text that a model reads, never more than it can. */
export type Tokens = {
  readonly of: (text: string) => readonly number[];
  /** As many as there can be, of a text that says nothing. */
  readonly most: () => readonly number[];
};

/** The library knows no limit: what is beyond is cut off in front of the tokens that end a text. */
export function openTokens(tokenizer: Tokenizer, maxTokens: number): Tokens {
  const plain = (text: string) => checked(tokenizer.encode(text, { add_special_tokens: false }).ids);
  const body = plain(PROBE);
  const whole = checked(tokenizer.encode(PROBE, { add_special_tokens: true }).ids);
  const room = maxTokens - (whole.length - body.length);
  const start = whole.findIndex((_, at) => body.every((id, n) => whole[at + n] === id));
  if (body.length === 0 || start < 0 || room < 1)
    throw new Unusable('tokenizer.json does not make tokens that a text could be told by');
  const [before, after] = [whole.slice(0, start), whole.slice(start + body.length)];
  const within = (ids: readonly number[]) => [...before, ...ids.slice(0, room), ...after];
  return {
    of: (text) => within(plain(text)),
    most: () => within(Array.from({ length: room }, (_, n) => body[n % body.length] ?? 0)),
  };
}

const PROBE = 'a';

/** They go into the arithmetic of the model as they are. */
function checked(ids: readonly number[]): readonly number[] {
  if (!ids.every((id) => Number.isSafeInteger(id) && id >= 0 && id < 2 ** 31))
    throw new Unusable('tokenizer.json makes tokens without a number');
  return ids;
}
