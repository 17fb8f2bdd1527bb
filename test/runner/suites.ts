import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVER_NAMES } from '../../infra/local/servers/all.ts';
import type { ServerName } from '../../infra/local/servers/entry.ts';

export const KINDS = ['unit', 'contract', 'workflow', 'replay', 'integration'] as const;
export type Kind = (typeof KINDS)[number];

export type Suite = { readonly kind: Kind; readonly file: string; readonly needs: readonly ServerName[] };

/** Every test file of the kinds asked for, with the servers its first line asks for. */
export async function findSuites(
  root: string,
  kinds: readonly Kind[],
  names: readonly string[],
): Promise<Suite[]> {
  const suites: Suite[] = [];
  for (const kind of kinds) {
    const files = await readdir(join(root, 'test', kind), { recursive: true });
    for (const name of files.filter((file) => file.endsWith('.test.ts')).sort()) {
      const file = join('test', kind, name);
      if (names.length > 0 && !names.some((wanted) => file.includes(wanted))) continue;
      suites.push({ kind, file, needs: parseNeeds(file, await readFile(join(root, file), 'utf8')) });
    }
  }
  return suites;
}

/** `// needs: postgres, s3` in the first line; a misspelt server is an error, or the suite would never run. */
export function parseNeeds(file: string, source: string): ServerName[] {
  const listed = /^\/\/ needs:(.*)$/m.exec(source.split('\n', 1)[0] ?? '')?.[1] ?? '';
  const needs = listed
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = needs.find((name) => !(SERVER_NAMES as string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`${file} needs "${unknown}", which is not one of ${SERVER_NAMES.join(', ')}`);
  return needs as ServerName[];
}
