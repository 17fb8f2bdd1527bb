import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RULES_FOLDER } from '../../../activities/scan/tools/rules-folder.ts';
import { BundlePath } from '../../../contracts/bundle.ts';
import { EXTERNAL_TOOLS } from '../../../contracts/tools.ts';
import type { Argument } from '../../../domain/tools/declaration.ts';
import { EXTERNAL } from '../../../domain/tools/external.ts';
import { fill, fillArguments, shownCommand } from '../../../domain/tools/fill-arguments.ts';

const VALUES = {
  ...{ source: '.', output: '/work/report.json', folder: '/work', home: '/home', rules: '/rules' },
  ...{ database: '/database', target: 'https://example.org' },
};
const LISTS = { rule: ['./mine.yaml'], file: ['./Dockerfile'] };

describe.each(EXTERNAL_TOOLS.map((id) => [id, EXTERNAL[id]] as const))('the declaration of %s', (_, tool) => {
  test('has a value for each word in braces', () => {
    const filled = [
      ...fillArguments(tool.args, VALUES, LISTS),
      ...Object.values(tool.environment).map((text) => fill(text, VALUES)),
    ];
    expect(filled.filter((text) => /\{[a-z]+\}/.test(text))).toEqual([]);
  });

  test('names rules that we ship', () => {
    const texts = tool.args.flatMap((argument) =>
      typeof argument === 'string' ? [argument] : argument.args,
    );
    const named = texts.flatMap((text) => /\{rules\}\/(.+)$/.exec(text)?.[1] ?? []);
    expect(named.filter((name) => !existsSync(join(RULES_FOLDER, name)))).toEqual([]);
  });

  test('says how its end is to be understood, and where its report goes', () => {
    expect(tool.exits.clean.length).toBeGreaterThan(0);
    expect(tool.exits.clean.filter((code) => tool.exits.findings.includes(code))).toEqual([]);
    expect(BundlePath.safeParse(tool.report.path).success).toBe(true);
    const writesFile = [...tool.args, ...Object.values(tool.environment)].some((argument: Argument) =>
      JSON.stringify(argument).match(/\{(?:output|folder)\}/),
    );
    expect(writesFile).toBe(tool.report.from === 'file');
  });

  test('goes to the network only to look at a running target', () => {
    expect(tool.network).toBe(tool.category === 'dast');
  });
});

test('what stands for a word is never taken for a word itself', () => {
  const values = { ...VALUES, source: '{output}', target: '{home}' };
  expect(fillArguments(['{source}', '--at={target}'], values, LISTS)).toEqual(['{output}', '--at={home}']);
  expect(fill('{constructor} {toString}', VALUES)).toBe('{constructor} {toString}');
});

test('a command is shown without anything of this machine', () => {
  expect(shownCommand('semgrep', EXTERNAL.semgrep.args)).toContain('--config={rules}/semgrep.yaml …');
});
