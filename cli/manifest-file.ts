import { createReadStream } from 'node:fs';
import { MAX_MANIFEST_BYTES } from '../contracts/manifest.ts';
import type { CheckedManifest } from '../domain/manifest/check-manifest.ts';
import type { LocatedFault } from '../domain/manifest/fault.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

/** Loads what reads manifests only now: every other command does without the time that takes. */
export async function readManifestFile(file: string): Promise<CheckedManifest> {
  const bytes = await readUpTo(file, MAX_MANIFEST_BYTES + 1);
  const [{ checkManifest }, { formatOf }, { checkRule }] = await Promise.all([
    import('../domain/manifest/check-manifest.ts'),
    import('../domain/manifest/format-of.ts'),
    import('../domain/policy/rules.ts'),
  ]);
  return checkManifest(bytes, { format: formatOf(file), checkRule });
}

/** `file:line:column`, as compilers write it: editors and pipelines find the place by it. */
export const faultLine = (file: string, { path, message, line, column }: LocatedFault): string =>
  `${file}:${line}:${column}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`;

async function readUpTo(file: string, most: number): Promise<Uint8Array> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(file, { end: most - 1 })) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const exit = code === 'ENOENT' ? EXIT.notFound : EXIT.badData;
    throw new CommandError('manifest_unreadable', exit, `cannot use ${file}: ${message}`, error);
  }
}
