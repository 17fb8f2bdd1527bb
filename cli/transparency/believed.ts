import { join, resolve } from 'node:path';
import type { KeySet } from '../../contracts/keys.ts';
import { CustodyError } from '../../domain/custody/custody-error.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../../domain/transparency/checkpoint.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { readKeySet } from '../trusted-keys.ts';

export type KeysOption = { readonly keys?: string };

/** The key set of this installation, unless another file is named. */
export const keySetOf = (context: Context, { keys }: KeysOption): Promise<KeySet> =>
  readKeySet(
    keys === undefined
      ? join(context.home, 'keys', 'public', 'keys.json')
      : resolve(context.workingDirectory, keys),
  );

/** A head as its log signed it; `undefined` stays a fault, and is told like any other. */
export function believedHead(note: string | undefined, keySet: KeySet): OpenedCheckpoint {
  if (note === undefined) throw new CommandError('not_found', EXIT.notFound, 'the log has no checkpoint yet');
  return believed(() => openCheckpoint(note, keySet));
}

/** What a verifier refuses, as a command tells it. */
export function believed<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof CustodyError) throw new CommandError(error.code, EXIT.badData, error.message, error);
    throw error;
  }
}
