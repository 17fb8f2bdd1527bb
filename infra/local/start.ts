import { readArguments, USAGE, UsageError } from './embedded/arguments.ts';
import { detach } from './embedded/detach.ts';
import { runEmbedded } from './embedded/run-embedded.ts';
import { stopLeftovers } from './embedded/stop-leftovers.ts';
import { homePath } from './embedded/surroundings.ts';
import { EXIT } from './exit-codes.ts';
import { explain } from './explain.ts';
import { createVoice } from './voice.ts';

/** `npm start`: the embedded set on this machine. */
async function main(words: readonly string[]): Promise<number> {
  const given = readArguments(words);
  if (given.help) {
    process.stdout.write(USAGE);
    return EXIT.passed;
  }
  const home = homePath(process.env);
  const voice = createVoice(given);
  try {
    if (given.stopLeftovers) return await stopLeftovers(home, voice.report);
    if (given.detach) return await detach(import.meta.filename, given.target, home, voice.report);
    return await runEmbedded(given, home, voice);
  } catch (error) {
    const { message, exitCode } = explain(error, home);
    voice.report(message);
    return exitCode;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = EXIT.usage;
}
