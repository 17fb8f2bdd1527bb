import { type Command, CommanderError } from 'commander';
import { complaintOf } from './command-error.ts';
import type { Surroundings } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { neutralise } from './neutralise.ts';
import { programOf } from './program-of.ts';
import { sanitizeCommands } from './words/sanitize.ts';

/** Runs the command that was typed. The process ends by itself, so that everything written has arrived. */
export async function run(checkout: string): Promise<void> {
  const { stdout, stderr, env: environment } = process;
  // `certus scans | head` closes the pipe early; that is no error.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const workingDirectory = process.cwd();
  process.exitCode = await execute(process.argv.slice(2), {
    environment,
    workingDirectory,
    checkout,
    // opened by whoever reads it, and by nobody else
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    stdout,
    stderr,
  });
}

export async function execute(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.ok;
  const exit = (code: number) => {
    exitCode = code;
  };
  try {
    const program = await programFor(words[0], surroundings, exit);
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { code, message, exitCode: failed } = complaintOf(error);
    surroundings.stderr.write(`certus: ${code}: ${neutralise(message)}\n`);
    return failed;
  }
}

/** A filter is started for each file of many: it does not wait for what the words of all others take to be read. */
async function programFor(
  word: string | undefined,
  surroundings: Surroundings,
  exit: (code: number) => void,
): Promise<Command> {
  if (word === 'sanitize') return programOf([sanitizeCommands], surroundings, exit);
  // nor does what runs for months hold them in its memory
  if (word === 'agent')
    return programOf([(await import('./words/agent.ts')).agentCommands], surroundings, exit);
  return (await import('./program.ts')).createProgram(surroundings, exit);
}
