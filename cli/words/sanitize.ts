import { InvalidArgumentError, Option } from 'commander';
import { SanitizeFormat, SanitizeOperator } from '../../contracts/sanitize.ts';
import type { Context } from '../context.ts';
import type { SanitizeOptions } from '../sanitize/asked.ts';
import type { Words } from './options.ts';

/** A filter: it needs no server, and tells nobody what went through it. */
export function sanitizeCommands({ program, runs }: Words): void {
  program
    .command('sanitize')
    .description('take personal data and secrets out of what comes in, and write the rest (no server)')
    .addOption(
      new Option('--operator <operator>', 'what comes into the place of what is found')
        .choices(SanitizeOperator.options)
        .default('mask'),
    )
    .option('--operator-for <kind=operator>', 'another one for a kind; may be given again', collect, [])
    .option('--kinds <kinds>', 'only these, with commas between them')
    .option('--allow <file>', 'values that may stay, one a line; after a kind and a tab of this kind only')
    .option('--rules <file>', 'a privacy policy as the API takes it: patterns, exceptions, what is ignored')
    .option('--min-confidence <number>', 'what is found with less stays (0 to 1)', upToOne)
    .addOption(
      new Option(
        '--format <format>',
        'what comes in, that it is still one of these afterwards; text is not held as a whole',
      )
        .choices(SanitizeFormat.options)
        .default('text'),
    )
    .option('--report <file>', 'write kinds and counts as JSON')
    .option('--check', 'exit 2 when something was found')
    .option('--detect', 'only say what there is: a line of JSON each, places in code points')
    .option('--jsonl', 'read lines {"id", "text"}, and answer each with a line')
    .option('--key <file>', 'the key to pseudonymise, to hash and to restore with')
    .option('--tenant <name>', 'whose pseudonyms: each tenant has others', 'default')
    .addOption(new Option('--restore', 'put back what pseudonyms stand for').conflicts(['detect', 'jsonl']))
    .addOption(
      new Option('--new-key <file>', 'make a key, and do nothing else').conflicts(['restore', 'detect']),
    )
    .action(
      // read when it is needed: the recognisers would make every other command start later
      runs(async (context: Context, options: SanitizeOptions) =>
        (await import('../commands/sanitize.ts')).sanitize(context, options),
      ),
    );
}

const collect = (value: string, before: string[]): string[] => [...before, value];

function upToOne(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError('give a number from 0 to 1');
  return number;
}
