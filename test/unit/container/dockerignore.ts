import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Whether a path of the checkout reaches the build: the last pattern that matches it, or a folder above it, decides. */
export function dockerignore(): (path: string) => boolean {
  const rules = readFileSync(resolve('.dockerignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.keep ?? true;
}

function toPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^$(){}|[\]\\]/g, '\\$&')
    .replace(
      /\*\*\/|\*\*|\*|\?/g,
      (wild) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[wild] ?? '',
    );
  return new RegExp(`^${source}(?:/.*)?$`);
}
