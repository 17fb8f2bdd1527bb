/** A stream in pieces of one size, the last one as long as it is. Each lies in memory that was taken for it. */
export async function* inParts(
  body: AsyncIterable<Uint8Array>,
  size: number,
  take: () => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let part = take();
  let filled = 0;
  for await (const chunk of body) {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = rest.subarray(0, size - filled);
      part.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
      if (filled < size) continue;
      yield part;
      part = take();
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
