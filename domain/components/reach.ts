/** Everything that can be got to from the roots, by any way. Without recursion: the graph is hostile. */
export function reach(
  roots: Iterable<string>,
  needs: (key: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set<string>(roots);
  const waiting = [...reached];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    for (const next of needs(key)) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached;
}
