import type { Argument } from './declaration.ts';

/** What the words in braces stand for in one run. */
export type ArgumentValues = {
  readonly source: string;
  readonly output: string;
  readonly folder: string;
  readonly home: string;
  readonly rules: string;
  readonly database?: string;
  readonly target?: string;
};

export function fillArguments(
  args: readonly Argument[],
  values: ArgumentValues,
  lists: { readonly rule: readonly string[]; readonly file: readonly string[] },
): string[] {
  return args.flatMap((argument) =>
    typeof argument === 'string'
      ? [fill(argument, values)]
      : lists[argument.each].flatMap((value) =>
          argument.args.map((text) => fill(text, { ...values, [argument.each]: value })),
        ),
  );
}

/** In one pass: what a value holds is never taken for a word of ours. */
export const fill = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(/\{([a-z]+)\}/g, (word, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? word) : word,
  );

/** The command as people may see it: nothing in it is of this machine. */
export const shownCommand = (command: string, args: readonly Argument[]): string =>
  [command, ...args.flatMap((argument) => (typeof argument === 'string' ? [argument] : ['…']))].join(' ');
