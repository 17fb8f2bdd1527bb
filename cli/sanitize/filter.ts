import type { SanitizeFormat } from '../../contracts/sanitize.ts';
import type { Sanitizer } from '../../domain/sanitize/operators/sanitize.ts';
import type { Sanitized } from '../../domain/sanitize/operators/sanitized.ts';
import { countPoints, inCodePoints } from '../../domain/sanitize/stream/code-points.ts';
import { StreamText } from '../../domain/sanitize/stream/stream-text.ts';
import { CommandError } from '../command-error.ts';
import type { Input } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

/** What was found in all, and how many lines could not be read. */
export type Tally = { found: number; bad: number; readonly counts: Record<string, number> };

type Asked = { readonly format: SanitizeFormat; readonly tally: Tally };

/** The text without what was found in it, as far as it has come. */
export async function* filtered(
  input: Input,
  sanitizer: Sanitizer,
  { format, tally }: Asked,
): AsyncGenerator<Uint8Array> {
  const text = new StreamText();
  if (format !== 'text' && format !== 'markdown') {
    const done = sanitizer.sanitize(await wholeText(input, text), { format });
    count(tally, done);
    yield text.encode(done.text);
    return;
  }
  const stream = sanitizer.stream({ format });
  for await (const done of throughout(input, text, stream)) {
    count(tally, done);
    yield text.encode(done.text);
  }
}

/** A line for each find, with its place in code points of the whole text. */
export async function* detected(
  input: Input,
  sanitizer: Sanitizer,
  { format, tally }: Asked,
): AsyncGenerator<Uint8Array> {
  const text = new StreamText();
  let [units, points] = [0, 0];
  for await (const done of throughout(input, text, sanitizer.detectStream({ format }))) {
    count(tally, done);
    const here = done.findings.map((one) => ({ ...one, start: one.start - units, end: one.end - units }));
    const lines = inCodePoints(done.text, here).map(({ type, start, end, score }) =>
      JSON.stringify({ type, start: start + points, end: end + points, score }),
    );
    units += done.text.length;
    points += countPoints(done.text);
    if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

export function count(tally: Tally, { findings, counts }: Pick<Sanitized, 'findings' | 'counts'>): void {
  tally.found += findings.length;
  for (const [type, number] of Object.entries(counts))
    tally.counts[type] = (tally.counts[type] ?? 0) + number;
}

async function* throughout(
  input: Input,
  text: StreamText,
  stream: ReturnType<Sanitizer['stream']>,
): AsyncGenerator<Sanitized> {
  for await (const bytes of input) yield* stream.push(text.decode(bytes));
  yield* stream.push(text.end());
  yield* stream.end();
}

/** What has a structure is read as a whole. */
export async function wholeText(input: Input, text: StreamText): Promise<string> {
  const parts: string[] = [];
  let size = 0;
  for await (const bytes of input) {
    size += bytes.length;
    if (size > MAX_WHOLE)
      throw new CommandError(
        'file_too_large',
        EXIT.badData,
        `more than ${MAX_WHOLE / 1024 / 1024} MiB of this format; --format text takes any amount`,
      );
    parts.push(text.decode(bytes));
  }
  parts.push(text.end());
  return parts.join('');
}

const MAX_WHOLE = 64 * 1024 * 1024;
