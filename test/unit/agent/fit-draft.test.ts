import { expect, test } from '@jest/globals';
import { fitDraft } from '../../../services/agent/fit-draft.ts';

const fitted = (text: string, isHistory: boolean, place?: string) => {
  let asked = 0;
  const path = (name: string) => {
    asked += 1;
    return name.replace('maria_gonzalez', '[PERSON]');
  };
  const draft = {
    kind: 'document' as const,
    key: 'k',
    title: 't',
    text,
    ...(place === undefined ? {} : { place }),
  };
  const { text: shown } = fitDraft(draft, { path, blind: (key) => key, isHistory }, {});
  return { shown, lines: shown.split('\n'), asked: () => asked };
};

test('names of files are masked in what a commit has changed, and in lists', () => {
  expect(fitted('Fix it\n\nA docs/maria_gonzalez.pdf\nand 3 more', true).shown).toBe(
    'Fix it\n\nA docs/[PERSON].pdf\nand 3 more',
  );
  expect(fitted('maria_gonzalez.pdf\nb.txt', false, 'a.zip, names of files').shown).toBe(
    '[PERSON].pdf\nb.txt',
  );
});

test('lines of any other document are not looked at as names', () => {
  const { shown, asked } = fitted('A plan\nA maria_gonzalez.pdf', false);
  expect([shown, asked()]).toEqual(['A plan\nA maria_gonzalez.pdf', 0]);
});

test.each([
  [true, 'A maria_gonzalez.pdf', undefined],
  [false, 'maria_gonzalez.pdf', 'names of files'],
])('what is beyond the bound of a list stays, and is told', (isHistory, line, place) => {
  const { lines, shown, asked } = fitted(
    Array.from({ length: 2500 }, () => line).join('\n'),
    isHistory,
    place,
  );
  expect([lines.length, lines.at(-1), asked()]).toEqual([
    2001,
    'and 500 more',
    2000 + (place === undefined ? 0 : 1),
  ]);
  expect(shown).not.toContain('maria');
});
