import type { Input } from '../context.ts';

/** Lines of bytes, those together that came together. Of one that is too long nothing is kept. */
export async function* linesOf(input: Input, maxBytes: number): AsyncGenerator<(Buffer | 'too_large')[]> {
  let held: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array) => {
    size += part.length;
    if (size <= maxBytes) held.push(part);
    else held = [];
  };
  const line = (): Buffer | 'too_large' => {
    const done = size > maxBytes ? 'too_large' : Buffer.concat(held, size);
    held = [];
    size = 0;
    return done;
  };
  for await (const bytes of input) {
    const lines: (Buffer | 'too_large')[] = [];
    let at = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, at)) {
      take(bytes.subarray(at, end));
      lines.push(line());
      at = end + 1;
    }
    if (at < bytes.length) take(bytes.subarray(at));
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [line()];
}

const LF = 10;
