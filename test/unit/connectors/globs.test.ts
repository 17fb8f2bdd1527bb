import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { chosenBy } from '../../../services/connectors/globs.ts';
import { isTextLike } from '../../../services/connectors/text-like.ts';

const chosen = (path: string, include: string[], exclude: string[] = []): boolean =>
  chosenBy({ include_globs: include, exclude_globs: exclude })(path);

describe('a glob', () => {
  test.each([
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'a/b/c.md', true],
    ['**/*.md', 'a/b.mdx', false],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['docs/**', 'docs/a/b', true],
    ['docs/', 'docs/a/b', true],
    ['docs/**', 'doc/a', false],
    ['./docs/*.md', 'docs/a.md', true],
    ['**/tests/**', 'a/tests/b/c.py', true],
    ['**/.github/**', '.github/workflows/a.yml', true],
    ['**/*', '.hidden', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a/**/z', 'a/b/c/zz', false],
    ['**/*.{yml,yaml}', 'x/a.yaml', true],
    ['{a,b{c,d}}/x', 'bd/x', true],
    ['file?.txt', 'file1.txt', true],
    ['file?.txt', 'file/.txt', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[a', '[a', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'aXb', false],
    ['ünï*', 'ünïcode', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(chosen(path, [glob])).toBe(expected);
  });

  test('takes out what another one takes in', () => {
    expect(chosen('a/test/x.md', ['**/*.md'], ['**/test/**'])).toBe(false);
    expect(chosen('a/x.md', ['**/*.md'], ['**/test/**'])).toBe(true);
    expect(chosen('anything', [], [])).toBe(true);
  });

  test('means what it means to everybody else', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '.c', '*', '?', '**', 'a*', '*b', 'a?b', '[ab]', '{a,b}');
    const name = fc.constantFrom('a', 'b', 'ab', 'aab', '.c', 'abb', 'x');
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (parts, names) => {
          const [glob, path] = [parts.join('/'), names.join('/')];
          // a file that is called as a folder was meant to be: theirs depends on how that is written
          fc.pre(parts.at(-1) !== '**');
          const theirs = picomatch(glob, { dot: true, noextglob: true });
          expect([glob, path, chosen(path, [glob])]).toEqual([glob, path, theirs(path)]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('that a regular expression would not come to an end with does', () => {
    expect(chosen('a'.repeat(255), [`${'*a'.repeat(100)}b`])).toBe(false);
    expect(chosen(`${'a/'.repeat(400)}b`, [`${'**/a/'.repeat(50)}c`])).toBe(false);
  });

  test('that stands for too many others is refused, and so is one that means the opposite', () => {
    expect(() => chosen('a', ['{a,b}'.repeat(20)])).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    expect(() => chosen('a', ['!a'])).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

test('texts, documents and code are read when nobody says more', () => {
  const paths = ['README', 'a/b.MD', 'x.py', 'Dockerfile', 'r.pdf'];
  expect(paths.filter(isTextLike)).toEqual(paths);
  expect(['a.png', 'b.exe', '.gitignore', 'noending'].filter(isTextLike)).toEqual([]);
});
