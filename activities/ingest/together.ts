import { setImmediate as turn } from 'node:timers/promises';

/** Does for all who ask at the same time at once what each of them alone would have to wait for; what fails, fails for all of these. */
export function together<T>(
  most: number,
  work: (all: readonly T[]) => Promise<void>,
): (one: T) => Promise<void> {
  const waiting: { readonly one: T; readonly done: PromiseWithResolvers<void> }[] = [];
  let isUnderWay = false;
  return (one) => {
    const done = Promise.withResolvers<void>();
    waiting.push({ one, done });
    if (!isUnderWay) void goOn();
    return done.promise;
  };

  async function goOn(): Promise<void> {
    isUnderWay = true;
    await turn(); // who was woken by the same answer comes along
    while (waiting.length > 0) {
      const some = waiting.splice(0, most);
      try {
        await work(some.map(({ one }) => one));
        for (const { done } of some) done.resolve();
      } catch (error) {
        for (const { done } of some) done.reject(error);
      }
    }
    isUnderWay = false;
  }
}
