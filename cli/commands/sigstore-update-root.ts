import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { initTUF } from '@sigstore/tuf';
import { parseTrustedRoot } from '../../domain/sigstore/trusted-root.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { saveFile } from '../save-file.ts';

type Options = { readonly mirror: string; readonly root?: string };

const TARGET = 'trusted_root.json';

/**
 * Fetches the trusted root that a Sigstore instance publishes now, through its TUF repository: what comes is believed as far
 * as it goes on from the root that is pinned here, or in the file that is named. Only this command ever asks for it.
 */
export async function sigstoreUpdateRoot(
  context: Context,
  file: string,
  { mirror, root }: Options,
): Promise<ExitCode> {
  const rootPath = root === undefined ? undefined : resolve(context.workingDirectory, root);
  const bytes = await fetchRoot(mirror.replace(/\/+$/, ''), rootPath);
  parseTrustedRoot(bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const expected = { path: file, size: bytes.length, sha256 };
  const path = await saveFile(context.workingDirectory, file, Readable.from([bytes]), expected);
  context.output.result({ trusted_root: path, sha256, mirror }, () =>
    context.output.line(`trusted root ${path} (sha256:${sha256})`),
  );
  return EXIT.ok;
}

/** Nothing of an earlier time is kept: the chain of roots is walked anew from the one that is pinned. */
async function fetchRoot(mirrorURL: string, rootPath: string | undefined): Promise<Uint8Array> {
  const cachePath = await mkdtemp(join(tmpdir(), 'certus-tuf-'));
  try {
    const options = { cachePath, mirrorURL, forceInit: true, retry: 1, timeout: 30_000 };
    const client = await initTUF(rootPath === undefined ? options : { ...options, rootPath });
    return Buffer.from(await client.getTarget(TARGET));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      'trusted_root_unusable',
      EXIT.unavailable,
      `no trusted root from ${mirrorURL}: ${reason}`,
      error,
    );
  } finally {
    await rm(cachePath, { recursive: true, force: true });
  }
}
