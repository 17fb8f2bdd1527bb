import type { ComponentFile } from '../component.ts';
import { Unreadable } from '../component.ts';
import { entriesOf, field, parseJsonTable, textOf } from '../loose.ts';

export type Wish = { readonly name: string; readonly range: string; readonly scope: 'runtime' | 'dev' };
export type Wishes = { readonly wishes: readonly Wish[]; readonly hasWorkspaces: boolean };

/** What the package.json beside a lockfile asks for, where the lockfile itself does not say; null without one. */
export function wishesBeside({ beside }: ComponentFile, folder = ''): Wishes | null {
  const text = beside(folder === '' ? 'package.json' : `${folder}/package.json`);
  if (text === null) return null;
  try {
    const manifest = parseJsonTable(text);
    const wishes = SECTIONS.flatMap(([section, scope]) =>
      entriesOf(field(manifest, section)).flatMap(([name, range]) => ({
        name,
        range: textOf(range) ?? '',
        scope,
      })),
    );
    return { wishes, hasWorkspaces: field(manifest, 'workspaces') !== undefined };
  } catch (error) {
    // It is read, and complained of, on its own; here it is as good as missing.
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

const SECTIONS = [
  ['dependencies', 'runtime'],
  ['optionalDependencies', 'runtime'],
  ['devDependencies', 'dev'],
] as const;
