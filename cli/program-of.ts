import { Command } from 'commander';
import { certusVersion } from '../services/config/version.ts';
import { createContext, type Surroundings } from './context.ts';
import type { Action, Words } from './words/options.ts';

export type Group = (words: Words) => void;

/** A program that understands these words. A command gets a context and its options, and gives back an exit code. */
export function programOf(
  groups: readonly Group[],
  surroundings: Surroundings,
  exit: (code: number) => void,
): Command {
  const program = new Command('certus')
    .description('Scan, sign, permit, publish, search.')
    .exitOverride()
    .version(certusVersion(), '--version', 'which release this is')
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'certus: usage: ').replaceAll(/\n(?=.)/g, ' ')),
    });

  /** Commander hands over arguments, options and itself; the format is taken out for the context. */
  const runs =
    <A extends unknown[]>(action: Action<A>) =>
    async (...given: unknown[]) => {
      const values = given.slice(0, -1) as A;
      const { output } = values.at(-1) as { output?: 'text' | 'json' };
      exit(await action(createContext(surroundings, output ?? 'text'), ...values));
    };

  for (const add of groups) add({ program, runs });
  inheritSettings(program);
  return program;
}

/** Complaints of a command within a command are told the way all others are. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
