import { type Command, InvalidArgumentError, Option } from 'commander';
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

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('give a number from 1 to 100');
  return Number(text);
}
