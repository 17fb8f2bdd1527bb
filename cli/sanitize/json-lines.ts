import { isUtf8 } from 'node:buffer';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import { type SanitizeFormat, SanitizeLine } from '../../contracts/sanitize.ts';
import type { Sanitizer } from '../../domain/sanitize/operators/sanitize.ts';
import { countsOf } from '../../domain/sanitize/operators/sanitized.ts';
import { inCodePoints } from '../../domain/sanitize/stream/code-points.ts';
import type { Input } from '../context.ts';
import { count, type Tally } from './filter.ts';
import { linesOf } from './lines-of.ts';

type Asked = { readonly detect: boolean; readonly format: SanitizeFormat; readonly tally: Tally };

/** A line for each line, in their order; what is none is told in its place, and the others go on. */
export async function* answeredLines(
  input: Input,
  sanitizer: Sanitizer,
  asked: Asked,
): AsyncGenerator<Uint8Array> {
  // together as they came: whoever waits for an answer before the next line gets it
  for await (const lines of linesOf(input, MAX_LINE))
    for (const line of lines) {
      const answer = answered(line, sanitizer, asked);
      if (answer !== undefined) yield Buffer.from(`${JSON.stringify(answer)}\n`);
    }
}

/** A hundred megabytes of text, with the signs that JSON puts in. */
const MAX_LINE = 128 * 1024 * 1024;

function answered(
  line: Buffer | 'too_large',
  sanitizer: Sanitizer,
  { detect, format, tally }: Asked,
): object | undefined {
  const bad = (id: unknown, code: ErrorCode, message: string) => {
    tally.bad += 1;
    return { id, error: { code, message } };
  };
  if (line === 'too_large')
    return bad(null, 'payload_too_large', `the line is longer than ${MAX_LINE / 1024 / 1024} MiB`);
  if (!isUtf8(line)) return bad(null, 'malformed_json', 'the line is not UTF-8');
  const source = line.toString('utf8');
  if (source.trim() === '') return undefined;
  const value = parsedLine(source);
  if (value === undefined) return bad(null, 'malformed_json', 'the line is no JSON');
  const parsed = SanitizeLine.safeParse(value);
  if (!parsed.success) {
    const id = SanitizeLine.pick({ id: true }).safeParse(value).data?.id ?? null;
    return bad(id, 'invalid_request', 'the line is not {"id": …, "text": "…"}');
  }
  const { id, text } = parsed.data;
  try {
    if (!detect) {
      const done = sanitizer.sanitize(text, { format });
      count(tally, done);
      return { id, text: done.text, counts: done.counts };
    }
    const findings = sanitizer.detect(text, { format });
    count(tally, { findings, counts: countsOf(findings) });
    return { id, spans: inCodePoints(text, findings) };
  } catch (error) {
    if (!(error instanceof CertusError)) throw error;
    return bad(id, error.code, error.message);
  }
}

/** Undefined for what is no JSON; what is too deep for the parser is none either. */
function parsedLine(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
