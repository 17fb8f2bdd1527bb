import { resolve } from 'node:path';
import { Consistency } from '../../contracts/transparency.ts';
import type { OpenedCheckpoint, TreeHead } from '../../domain/transparency/checkpoint.ts';
import { verifierKey } from '../../domain/transparency/signed-note.ts';
import { tilePath } from '../../domain/transparency/tile-path.ts';
import { consistencyHolds } from '../../domain/transparency/verify-proof.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { believedHead, type KeysOption, keySetOf } from '../transparency/believed.ts';
import { apiSource, folderSource, type LogSource, readBounded } from '../transparency/log-source.ts';
import { broken, EMPTY, readHashes, walkLog } from '../transparency/walk-log.ts';

type Options = KeysOption & { readonly from?: string; readonly dir?: string };
type Checked = { readonly how: 'tiles' | 'proof'; readonly entries: number; readonly withheld: number };

/** Proves that the log is the one that was signed, and that nothing was changed or removed since an older checkpoint. */
export async function logVerify(context: Context, options: Options): Promise<ExitCode> {
  const at = (path: string) => resolve(context.workingDirectory, path);
  const keySet = await keySetOf(context, options);
  const source = options.dir === undefined ? apiSource(context.api()) : folderSource(at(options.dir));
  const head = believedHead(await source.checkpoint(), keySet);
  const older =
    options.from === undefined
      ? undefined
      : believedHead((await readBounded(at(options.from), MAX_CHECKPOINT))?.toString('utf8'), keySet);
  if (older !== undefined) requireGrowth(older, head);
  const checked =
    older !== undefined && options.dir === undefined
      ? await proveGrowth(context, older, head)
      : await recompute(source, older, head);
  tell(context, head, older, checked);
  return EXIT.ok;
}

const MAX_CHECKPOINT = 256 * 1024;

function requireGrowth(older: OpenedCheckpoint, head: OpenedCheckpoint): void {
  if (older.origin !== head.origin)
    throw broken(`one checkpoint is of ${older.origin}, the other of ${head.origin}`);
  if (older.size > head.size) throw broken(`it had ${older.size} entries, and now has ${head.size}`);
  if (older.size === head.size && !older.root.equals(head.root))
    throw broken(`two trees of size ${head.size} were signed, with different roots`);
}

async function proveGrowth({ api }: Context, older: TreeHead, head: TreeHead): Promise<Checked> {
  const path = `/v1/transparency/consistency${query({ from: older.size, to: head.size })}`;
  const { hashes } = await api().get(path, Consistency);
  const holds = consistencyHolds({
    from: older.size,
    to: head.size,
    fromRoot: older.root,
    toRoot: head.root,
    hashes: hashes.map((hash) => Buffer.from(hash, 'hex')),
  });
  if (!holds) throw broken(`the tree of size ${head.size} does not begin with that of size ${older.size}`);
  return { how: 'proof', entries: 0, withheld: 0 };
}

/** Hashes everything anew: the roots of both heads must come out. */
async function recompute(source: LogSource, older: TreeHead | undefined, head: TreeHead): Promise<Checked> {
  let [entries, withheld] = [0, 0];
  for await (const grown of walkLog(source, EMPTY, head, older)) {
    for (const { level, index, hashes } of grown.tiles) {
      const width = hashes.length / 32;
      if (level > 0 && !(await readHashes(source, level, index, width)).equals(hashes))
        throw broken(`${tilePath({ level, index, width })} is not what the tiles below it make`);
    }
    if (grown.entries.bytes === undefined) withheld += grown.entries.width;
    else entries += grown.entries.width;
  }
  return { how: 'tiles', entries, withheld };
}

function tell(
  { output }: Context,
  head: OpenedCheckpoint,
  older: OpenedCheckpoint | undefined,
  { how, entries, withheld }: Checked,
): void {
  const document = {
    verified: true,
    origin: head.origin,
    size: head.size,
    root_hash: head.root.toString('hex'),
    key: head.key.id,
    verifier_key: verifierKey(head.origin, head.key.public_key_pem),
    from: older?.size ?? null,
    how,
    entries_checked: entries,
    entries_not_shown: withheld,
  };
  output.result(document, () => {
    output.line(`${head.origin}: ${head.size} entries, signed by ${head.key.id}`);
    output.line(`for other tools: ${document.verifier_key}`);
    if (older !== undefined) output.line(`nothing was changed or removed since it had ${older.size}`);
    if (how === 'tiles') output.line(`every hash was computed anew, and ${entries} entries with them`);
  });
  if (withheld > 0) output.note(`${withheld} entries are not shown here: only their hashes were checked`);
}
