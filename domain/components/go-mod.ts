import type { ComponentFile, Reader } from './component.ts';
import { Inventory } from './inventory.ts';

type Module = { readonly name: string; readonly version: string; readonly line: number };

/** go.mod: since 1.17 it names every module that is built in; before, only go.sum beside it did. */
export const readGoMod: Reader = (file) => {
  const directives = directivesOf(file.text);
  const replaced = replacements(directives);
  const inventory = new Inventory('Go', file.path);
  for (const { verb, words, line, comment } of directives) {
    const [name, version] = words;
    if (verb !== 'require' || name === undefined || version === undefined) continue;
    const instead = replaced.get(`${name}@${version}`) ?? replaced.get(name);
    if (instead === 'local') continue;
    const direct = !/^\s*indirect/.test(comment);
    inventory.add(name, { ...(instead ?? { name, version }), line, direct });
  }
  const go = directives.find(({ verb }) => verb === 'go');
  if (isBefore117(go?.words[0])) for (const module of summed(file)) inventory.add(module.name, module);
  // The "go" line is only the least that will do; the toolchain is what builds, and brings the standard library.
  const toolchain = directives.find(({ verb }) => verb === 'toolchain');
  const built = /^go(1\.\d.*)$/.exec(toolchain?.words[0] ?? '')?.[1];
  if (built !== undefined)
    inventory.add('stdlib', { name: 'stdlib', version: built, line: toolchain?.line, direct: true });
  const name = directives.find(({ verb }) => verb === 'module')?.words[0];
  return inventory.reading(name === undefined ? null : { name, version: null });
};

type Directive = {
  readonly verb: string;
  readonly words: readonly string[];
  readonly line: number;
  readonly comment: string;
};

/** One for each line, also of those in a block of parentheses. */
function directivesOf(text: string): Directive[] {
  const directives: Directive[] = [];
  let block = '';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const cut = raw.indexOf('//');
    const words = (cut === -1 ? raw : raw.slice(0, cut)).trim().split(/\s+/).filter(Boolean).map(unquoted);
    const comment = cut === -1 ? '' : raw.slice(cut + 2);
    if (words.length === 0) continue;
    if (words[0] === ')') block = '';
    else if (words[1] === '(') block = words[0] ?? '';
    else {
      const verb = block || (words.shift() as string);
      directives.push({ verb, words, line: index + 1, comment });
    }
  }
  return directives;
}

const unquoted = (word: string): string => word.replace(/^["`](.*)["`]$/, '$1');

/** `replace a [v1] => b v2`, or `=> ./folder`, which is then no module of anybody else's. */
function replacements(directives: readonly Directive[]): Map<string, Omit<Module, 'line'> | 'local'> {
  const replaced = new Map<string, Omit<Module, 'line'> | 'local'>();
  for (const { verb, words } of directives) {
    const arrow = words.indexOf('=>');
    if (verb !== 'replace' || arrow < 1) continue;
    const [name, version] = words.slice(arrow + 1);
    if (name === undefined) continue;
    replaced.set(words.slice(0, arrow).join('@'), version === undefined ? 'local' : { name, version });
  }
  return replaced;
}

const isBefore117 = (version: string | undefined): boolean => {
  const minor = /^1\.(\d{1,4})/.exec(version ?? '')?.[1];
  return version === undefined || (minor !== undefined && Number(minor) < 17);
};

/** Modules of go.sum whose content was loaded, not only their go.mod; of several versions the last is the newest. */
function summed({ beside }: ComponentFile): { name: string; version: string }[] {
  return (beside('go.sum') ?? '').split('\n').flatMap((line) => {
    const [name, version] = line.trim().split(/\s+/);
    return name && version && !version.endsWith('/go.mod') ? [{ name, version }] : [];
  });
}
