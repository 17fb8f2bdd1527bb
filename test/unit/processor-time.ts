/** In milliseconds. A busy machine makes a clock run on, and a pattern that never ends shows all the same. */
export async function processorTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
