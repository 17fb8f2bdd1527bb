import { type Command, InvalidArgumentError, Option } from 'commander';
import { Overlap } from '../../contracts/schedule.ts';
import type { Context } from '../context.ts';

export type Action<A extends unknown[]> = (context: Context, ...values: A) => Promise<number>;
/** What a group of commands is given: where to add them, and how one of them comes to run. */
export type Words = {
  readonly program: Command;
  readonly runs: <A extends unknown[]>(action: Action<A>) => (...given: unknown[]) => Promise<void>;
};

export const withFormat = (command: Command): Command =>
  command.addOption(
    new Option('-o, --output <format>', 'what to print').choices(['text', 'json']).default('text'),
  );

export const withWorkspace = (command: Command): Command =>
  command.option('--workspace <id>', 'the workspace', 'default');

export const withPages = (command: Command): Command =>
  command
    .option('--limit <number>', 'how many at most', wholeNumber, 20)
    .option('--cursor <cursor>', 'where the previous page ended');

export const withCadence = (command: Command): Command =>
  command
    .requiredOption('--cron <expressions...>', 'when, five fields each: "15 2 * * *"')
    .option('--timezone <name>', 'in which these are meant', 'UTC')
    .option('--jitter <seconds>', 'put each start off by up to this', '0')
    .addOption(
      new Option('--overlap <rule>', 'when the one before still goes on')
        .choices(Overlap.options)
        .default('skip'),
    );

export const withTimes = (command: Command): Command =>
  command.requiredOption('--from <time>', 'ISO 8601').requiredOption('--to <time>', 'ISO 8601');

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('give a number from 1 to 100');
  return Number(text);
}
