import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { KeySet } from '../../contracts/keys.ts';
import type { OpenedCheckpoint } from '../../domain/transparency/checkpoint.ts';
import { tilePath } from '../../domain/transparency/tile-path.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { believedHead, type KeysOption, keySetOf } from '../transparency/believed.ts';
import { apiSource, folderSource } from '../transparency/log-source.ts';
import { broken, EMPTY, edgeOf, walkLog } from '../transparency/walk-log.ts';

/**
 * Mirrors the log as static files. It goes on from what the folder has, and only with what continues it: the checkpoint is
 * written last, so that the folder is a whole log at every moment, also of an export that broke off.
 */
export async function logExport(context: Context, folder: string, options: KeysOption): Promise<ExitCode> {
  const target = resolve(context.workingDirectory, folder);
  const keySet = await keySetOf(context, options);
  const log = apiSource(context.api());
  const note = await log.checkpoint();
  const head = believedHead(note, keySet);
  const here = await headHere(target, keySet);
  if (here !== undefined) requireSameLog(here, head);
  const edge = here === undefined ? EMPTY : await edgeOf(folderSource(target), here);
  let [files, withheld] = [0, 0];
  for await (const { tiles, entries } of walkLog(log, edge, head)) {
    for (const { level, index, hashes } of tiles) {
      await save(join(target, tilePath({ level, index, width: hashes.length / 32 })), hashes);
      files += 1;
    }
    const { index, width, bytes } = entries;
    if (bytes === undefined) withheld += width;
    else await save(join(target, tilePath({ level: 'entries', index, width })), bytes);
  }
  await save(join(target, 'checkpoint'), Buffer.from(note ?? ''));
  const document = {
    folder: target,
    origin: head.origin,
    size: head.size,
    added: head.size - (here?.size ?? 0),
    tiles_written: files,
    entries_not_shown: withheld,
  };
  context.output.result(document, () =>
    context.output.line(
      `${target} has ${head.origin} up to ${head.size} entries, ${document.added} of them new`,
    ),
  );
  if (withheld > 0)
    context.output.note(
      `${withheld} entries lie beside those of others and are not shown: only their hashes are here`,
    );
  return EXIT.ok;
}

async function headHere(folder: string, keySet: KeySet): Promise<OpenedCheckpoint | undefined> {
  const note = await folderSource(folder).checkpoint();
  return note === undefined ? undefined : believedHead(note, keySet);
}

function requireSameLog(here: OpenedCheckpoint, head: OpenedCheckpoint): void {
  if (here.origin !== head.origin)
    throw broken(`the folder has the log ${here.origin}, and this is ${head.origin}`);
  if (here.size > head.size)
    throw broken(`the folder has ${here.size} entries, and the log now has ${head.size}`);
  if (here.size === head.size && !here.root.equals(head.root))
    throw broken(`the folder and the log have different trees of size ${head.size}`);
}

async function save(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID().slice(0, 8)}.part`;
    await writeFile(draft, bytes, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError('cannot_write', EXIT.notAllowed, `cannot write ${file}: ${code}`, error);
  }
}
