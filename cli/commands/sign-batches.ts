/** Cuts jobs into groups, in order, none with more than so many or more than so many bytes, unless one alone has them. */
export function batches<T extends { readonly bytes: number }>(
  jobs: readonly T[],
  most: { readonly items: number; readonly bytes: number },
): T[][] {
  const groups: T[][] = [];
  let group: T[] = [];
  let bytes = 0;
  for (const job of jobs) {
    if (group.length === most.items || (group.length > 0 && bytes + job.bytes > most.bytes)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(job);
    bytes += job.bytes;
  }
  return group.length === 0 ? groups : [...groups, group];
}
