import { mixedText } from '../sanitize/mixed-text.ts';

export type File = { readonly path: string; readonly text: string };

/**
 * Files as a repository of a team has them: pages of a handbook, programs, settings and tables, of two to twelve kilobytes, with
 * something personal now and then. The same number gives the same file, and no two are alike.
 */
export function fileOf(number: number): File {
  const kind = KINDS[number % KINDS.length] as Kind;
  const text = mixedText(2_000 + ((number * 2_654_435_761) % 10_000), number + 1);
  return {
    path: `${kind.folder}/part-${number % 40}/${number}.${kind.ending}`,
    text: kind.write(text, number),
  };
}

type Kind = {
  readonly folder: string;
  readonly ending: string;
  readonly write: (text: string, number: number) => string;
};

const PAGE: Kind = { folder: 'docs', ending: 'md', write: (text, number) => markdown(text, number) };
const PROGRAM: Kind = { folder: 'src', ending: 'ts', write: (text, number) => program(text, number) };

const KINDS: readonly Kind[] = [
  PAGE,
  PROGRAM,
  PAGE,
  PROGRAM,
  PAGE,
  { folder: 'notes', ending: 'txt', write: (text, number) => `Notes of week ${number}\n\n${text}` },
  PROGRAM,
  { folder: 'config', ending: 'yaml', write: (text, number) => settings(text, number) },
];

function markdown(text: string, number: number): string {
  const paragraphs = inGroups(text.split('\n'), 8);
  const parts = paragraphs.map(
    (lines, at) => `${at % 3 === 0 ? '##' : '###'} Part ${at + 1}\n\n${lines.join('\n')}\n`,
  );
  return `# Page ${number}\n\n${parts.join('\n')}`;
}

function program(text: string, number: number): string {
  const bodies = inGroups(text.split('\n'), 6).map(
    (lines, at) =>
      `/** Step ${at + 1} of ${number}. */\nexport function step${number}x${at}(input: Input): Output {\n${lines
        .map((line) => `  // ${line}`)
        .join('\n')}\n  return { ...input, step: ${at} };\n}\n`,
  );
  return `import type { Input, Output } from './types.ts';\n\n${bodies.join('\n')}`;
}

const settings = (text: string, number: number): string =>
  `name: service-${number}\nsteps:\n${text
    .split('\n')
    .map((line, at) => `  step_${at}: ${JSON.stringify(line)}\n`)
    .join('')}`;

const inGroups = (lines: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(lines.length / size) }, (_, n) => [
    ...lines.slice(n * size, (n + 1) * size),
  ]);

/** Of one page. */
export function shortFileOf(number: number): File {
  const text = `# Page ${number}\n\n${mixedText(600 + ((number * 2_654_435_761) % 600), number + 1)}`;
  return { path: `docs/part-${number % 100}/${number}.md`, text };
}
