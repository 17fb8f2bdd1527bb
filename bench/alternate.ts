/** Runs two ways of doing a thing in turn, A B A B …, so that a machine that gets slower does so for both. */
export async function alternate(
  ways: { readonly a: () => Promise<number>; readonly b: () => Promise<number> },
  { warmUps, runs }: { readonly warmUps: number; readonly runs: number },
): Promise<{ a: number; b: number; ratio: number }> {
  const taken = { a: [] as number[], b: [] as number[] };
  for (let round = -warmUps; round < runs; round += 1) {
    const a = await ways.a();
    const b = await ways.b();
    if (round < 0) continue;
    taken.a.push(a);
    taken.b.push(b);
  }
  const [a, b] = [median(taken.a), median(taken.b)];
  return { a, b, ratio: a / b };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

/** Milliseconds that the work took. */
export async function clock(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
