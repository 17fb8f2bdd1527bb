import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSanitizer } from '../../domain/sanitize/operators/sanitize.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type SanitizeOptions, sanitizeAsked } from '../sanitize/asked.ts';
import { detected, filtered, type Tally } from '../sanitize/filter.ts';
import { answeredLines } from '../sanitize/json-lines.ts';
import { makeSanitizeKey, readSanitizeKey } from '../sanitize/key-file.ts';
import { restored } from '../sanitize/restored.ts';
import { writeOut } from '../sanitize/write-out.ts';

/** From standard input to standard output; what was found is told by kind and count alone. */
export async function sanitize(context: Context, options: SanitizeOptions): Promise<ExitCode> {
  const { workingDirectory, output, stdin, stdout } = context;
  if (options.newKey !== undefined) {
    await makeSanitizeKey(resolve(workingDirectory, options.newKey));
    output.note(`made ${options.newKey}: whoever has it can tell who is behind a pseudonym`);
    return EXIT.ok;
  }
  const key = options.key && (await readSanitizeKey(resolve(workingDirectory, options.key), options.tenant));
  if (options.restore) {
    if (!key)
      throw new CommandError('usage', EXIT.usage, '--restore takes the --key that made the pseudonyms');
    return restored(context, key, options.format);
  }
  const sanitizer = createSanitizer({ ...(await sanitizeAsked(context, options)), key: key || undefined });
  const tally: Tally = { found: 0, bad: 0, counts: {} };
  const { detect = false, format } = options;
  const answer = options.jsonl
    ? answeredLines(stdin, sanitizer, { detect, format, tally })
    : detect
      ? detected(stdin, sanitizer, { format, tally })
      : filtered(stdin, sanitizer, { format, tally });
  await writeOut(stdout, answer);
  if (options.report !== undefined) await report(context, options.report, sanitizer.rules, tally);
  if (tally.bad > 0) output.note(`lines that could not be read: ${tally.bad}`);
  if (tally.bad > 0) return EXIT.badData;
  return options.check && tally.found > 0 ? EXIT.gateFailed : EXIT.ok;
}

async function report(
  { workingDirectory }: Context,
  file: string,
  rules: string,
  { found, counts }: Tally,
): Promise<void> {
  const text = `${JSON.stringify({ rules, found, counts }, null, 2)}\n`;
  await writeFile(resolve(workingDirectory, file), text).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError('cannot_write', EXIT.notAllowed, `cannot write ${file}: ${error.code}`, error);
  });
}
