import type { Arguments } from './embedded/arguments.ts';
import type { Report } from './supervise/program.ts';

export type Voice = {
  /** A line of progress. */
  readonly report: Report;
  /** The result. */
  readonly say: Report;
};

/** Where we speak: on the terminal, or through the process that started us in the background. */
export function createVoice({ json, background }: Pick<Arguments, 'json' | 'background'>): Voice {
  // A terminal that was closed must not end us before everything else has ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (json) return { say, report: (line) => process.stderr.write(`${line}\n`) };
  if (!background) return { say, report: say };
  const both = (line: string) => {
    say(`${new Date().toISOString()} ${line}`);
    if (process.connected) process.send?.({ line });
  };
  return { say: both, report: both };
}
