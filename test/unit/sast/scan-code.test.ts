import { afterEach, describe, expect, test } from '@jest/globals';
import { scanCode } from '../../../activities/scan/built-in/sast.ts';
import { builtInContexts } from '../scan/built-in-context.ts';

const { contextWith, removeContexts } = builtInContexts();
afterEach(removeContexts);
const scan = (files: Record<string, string | Buffer>) => scanCode(contextWith(files));
const codesOf = async (files: Record<string, string | Buffer>) =>
  (await scan(files)).notices.map(({ code }) => code);

test('a finding says where, why and on which way', async () => {
  const { drafts, notices } = await scan({
    'src/a.js': '#!/usr/bin/env node\nconst a = req.query.a;\n  eval("x" + a);\n',
  });
  expect(notices).toEqual([]);
  expect(drafts).toEqual([
    {
      kind: 'code',
      tool: 'sast',
      rule: 'js/code-injection',
      title: 'Code injection',
      severity: 'critical',
      source_severity: null,
      score: null,
      confidence: 'high',
      message: 'What a request brings is run as a program (it comes from the request)',
      location: { path: 'src/a.js', start_line: 3, start_column: 3, end_line: 3, end_column: 16 },
      snippet: '  eval("x" + a);',
      related_locations: [],
      flows: [
        [
          { path: 'src/a.js', start_line: 2, start_column: 11, end_line: 2, end_column: 20 },
          { path: 'src/a.js', start_line: 2, start_column: 7, end_line: 2, end_column: 22 },
          { path: 'src/a.js', start_line: 3, start_column: 3, end_line: 3, end_column: 16 },
        ],
      ],
      identifiers: ['CWE-95'],
      package: null,
      fix: 'Parse the value as data; run nothing that comes from outside.',
      suppressed: null,
    },
  ]);
});

test('what only who starts the program chooses weighs less', async () => {
  const { drafts } = await scan({
    'a.js': 'eval(process.argv[2])',
    'b.js': 'import fs from "fs"; fs.readFile(process.argv[2])',
  });
  expect(drafts.map(({ rule, severity, confidence }) => [rule, severity, confidence])).toEqual([
    ['js/code-injection', 'medium', 'low'],
  ]);
});

test('a key that is found is not shown, wherever it stands in the line', async () => {
  const key = `squirrel${'-of-'}the-9-trees`;
  const { drafts } = await scan({
    'a.js': `import jwt from 'jsonwebtoken'; jwt.sign(a, '${key}'); // '${key}'`,
    'b.js': `import jwt from 'jsonwebtoken';\nconst K = '${key}';\njwt.sign(a, K);`,
    'c.py': `app.secret_key = "${key}"`,
    'd.js': `eval(req.body.a + "${'ghp'}_aaaaBBBBccccDDDDeeeeFFFFgggg1234")`,
  });
  expect(drafts).toHaveLength(4);
  expect(JSON.stringify(drafts)).not.toMatch(/squirrel|aaaaBBBB/);
});

describe('a finding that the source takes back', () => {
  test.each([
    ['on its line', 'a.js', 'eval(req.body.a) // certus-ignore js/code-injection: a sandbox of its own'],
    ['above it', 'a.js', '// certus-ignore js/code-injection: a sandbox of its own\neval(req.body.a)'],
    ['in a block', 'a.js', 'eval(req.body.a) /* certus-ignore js/code-injection: a sandbox of its own */'],
    ['in Python', 'a.py', 'eval(input())  # certus-ignore py/code-injection: a sandbox of its own'],
  ])('%s is told with its reason', async (_, path, text) => {
    const { drafts } = await scan({ [path]: text });
    expect(drafts.map(({ suppressed }) => suppressed)).toEqual([
      { kind: 'in_source', justification: 'a sandbox of its own' },
    ]);
  });

  test.each([
    ['without a reason', 'eval(req.body.a) // certus-ignore js/code-injection'],
    ['by another rule', 'eval(req.body.a) // certus-ignore js/sql-injection: it is not'],
    ['on another line', '// certus-ignore js/code-injection: why\n\neval(req.body.a)'],
    ['for everything', 'eval(req.body.a) // certus-ignore *: why'],
  ])('but not %s', async (_, text) => {
    const { drafts } = await scan({ 'a.js': text });
    expect(drafts.map(({ suppressed }) => suppressed)).toEqual([null]);
  });
});

describe('what cannot be analysed is named', () => {
  test.each<[string, Record<string, string | Buffer>, string[]]>([
    ['no program', { 'a.js': 'if (' }, ['not_parsed']],
    ['Python with a hole', { 'a.py': 'def f(:\n  x = ((\neval(input())' }, ['partly_parsed']],
    ['a minified file', { 'a.js': `x=1;${'y=2;'.repeat(2000)}` }, ['minified']],
    ['a file that says it is minified', { 'a.min.js': 'x=1' }, ['minified']],
    ['a large file', { 'a.js': 'x = 1;\n'.repeat(200_000) }, ['file_too_large']],
    ['a binary file', { 'a.js': Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256)) }, ['binary']],
    ['types alone', { 'a.d.ts': 'declare const a: (' }, []],
    ['another language', { 'a.rb': 'if (' }, []],
  ])('%s', async (_, files, expected) => {
    expect(await codesOf(files)).toEqual(expected);
  });

  test('and the files after it are analysed', async () => {
    const { drafts } = await scan({
      'a.js': 'if (',
      'b.ts': 'enum E { A }\nabstract class A<T> { @dec() private x!: T }\neval(req.body.a)',
    });
    expect(drafts.map(({ location }) => location?.path)).toEqual(['b.ts']);
  });
});

describe('a hostile program', () => {
  const lines = (text: string) => text.replace(/.{4000}/g, '$&\n');
  const deep = 3000;
  test.each([
    ['parentheses', 'a.js', `${'('.repeat(deep)}1${')'.repeat(deep)}`],
    ['lists', 'a.js', `${'['.repeat(deep)}${']'.repeat(deep)}`],
    ['functions', 'a.js', `${'()=>{'.repeat(deep)}${'}'.repeat(deep)}`],
    ['templates', 'a.js', `${'`${'.repeat(deep)}1${'}`'.repeat(deep)}`],
    ['blocks', 'a.js', `${'{'.repeat(deep)}${'}'.repeat(deep)}`],
    ['choices', 'a.js', `${'a?b:'.repeat(deep)}c`],
    ['calls', 'a.js', `${'f('.repeat(deep)}1${')'.repeat(deep)}`],
    ['chains', 'a.js', `a${'.b()'.repeat(deep)}`],
    ['elements', 'a.jsx', `x = ${'<a>'.repeat(deep)}${'</a>'.repeat(deep)}`],
    ['types', 'a.ts', `let a: ${'A<'.repeat(deep)}B${'>'.repeat(deep)}`],
    ['parentheses', 'a.py', `x = ${'('.repeat(deep)}1${')'.repeat(deep)}`],
    ['lists', 'a.py', `x = ${'['.repeat(deep)}${']'.repeat(deep)}`],
    ['calls', 'a.py', `${'f('.repeat(deep)}1${')'.repeat(deep)}`],
    ['chains', 'a.py', `a${'.b()'.repeat(deep)}`],
    ['nots', 'a.py', `x = ${'not '.repeat(deep)}1`],
  ])('of nothing but %s (%s) is noted', async (_, path, text) => {
    expect(await codesOf({ [path]: lines(text) })).toEqual(['not_parsed']);
  });

  test.each([
    ['additions', 'a.js', `x = ${'a +\n'.repeat(2000)} req.body.a; eval(x)`],
    ['additions', 'a.py', `x = (${'a +\n'.repeat(500)} input())\neval(x)`],
    // each level would be evaluated once more for every time the level above it is
    ['patterns', 'a.js', `x = ${'({ a, b } = f('.repeat(40)}1${'))'.repeat(40)}; eval(req.body.a)`],
    ['places', 'a.js', `${'a['.repeat(60)}0${'] += 1'.repeat(60)}; eval(req.body.a)`],
    ['receivers', 'a.js', `${'f('.repeat(40)}a${'.b.c()).d()'.repeat(40)}; eval(req.body.a)`],
    ['comprehensions', 'a.py', `x = ${'[a for a, b in '.repeat(40)}c${']'.repeat(40)}\neval(input())`],
  ])('of a great many %s (%s) is analysed', async (_, path, text) => {
    const { drafts } = await scan({ [path]: text });
    expect(drafts.map(({ rule }) => rule)).toEqual([expect.stringMatching(/code-injection$/)]);
  });

  test('with names of the language itself changes nothing', async () => {
    const { drafts } = await scan({
      'a.js':
        'const o = { __proto__: req.body.a, constructor: 1 }; toString(); o.hasOwnProperty(); constructor.__proto__.x = 1; eval(req.body.a)',
    });
    expect(drafts).toHaveLength(1);
  });
});
