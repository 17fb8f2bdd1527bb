import { CertusError } from '../../contracts/errors.ts';
import { EntryId, ProvenEntry, TransparencyList } from '../../contracts/transparency.ts';
import { verifyLogProof } from '../../domain/transparency/log-proof.ts';
import { entryIdOf } from '../../domain/transparency/merkle-hash.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { believed, type KeysOption, keySetOf } from '../transparency/believed.ts';

type Options = KeysOption & {
  readonly limit: number;
  readonly cursor?: string;
  readonly kind?: string;
  readonly signer?: string;
  readonly test?: string;
};

/** What the log says, newest first; of one entry also whether it is really there. */
export async function logShow(
  context: Context,
  entry: string | undefined,
  options: Options,
): Promise<ExitCode> {
  return entry === undefined ? showList(context, options) : showEntry(context, entry, options);
}

async function showList({ api, output }: Context, options: Options): Promise<ExitCode> {
  const { limit, cursor, kind, signer, test } = options;
  const parameters = query({ limit, cursor, kind, signer, test_id: test });
  const list = await api().get(`/v1/transparency${parameters}`, TransparencyList);
  output.result(list, () => {
    output.table(
      ['INDEX', 'TIME', 'KIND', 'NAME', 'NOTE', 'ENTRY'],
      list.entries.map(({ index, timestamp, entry_id, entry: { kind, name, note } }) => [
        String(index),
        timestamp,
        kind,
        name,
        note ?? '-',
        entry_id,
      ]),
    );
    if (list.next_cursor !== null) output.note(`more: --cursor ${list.next_cursor}`);
  });
  return EXIT.ok;
}

async function showEntry(context: Context, entryId: string, options: Options): Promise<ExitCode> {
  if (!EntryId.safeParse(entryId).success)
    throw new CertusError(
      'invalid_request',
      'an entry goes by the 64 hexadecimal digits of its hash, which "certus log show" lists beside its index',
    );
  const keySet = await keySetOf(context, options);
  const shown = await context.api().get(`/v1/transparency/${entryId}?include_proof=true`, ProvenEntry);
  if (entryIdOf(shown.entry) !== entryId)
    throw new CommandError('log_proof_invalid', EXIT.badData, 'the answer is about another entry');
  const { index, size, keyId } = believed(() => verifyLogProof(shown.tlog_proof ?? '', shown.entry, keySet));
  context.output.result(shown, () => {
    const { kind, name, workspace, test_id, digest, subjects, signer, at, note } = shown.entry;
    const facts = { kind, name, workspace, test_id, digest, subjects: subjects.join(' '), signer, at, note };
    for (const [fact, value] of Object.entries(facts))
      context.output.line(`${fact.padEnd(10)} ${value ?? '-'}`);
    context.output.line(`entry ${index} of ${size}: proved, under the log key ${keyId}`);
  });
  return EXIT.ok;
}
