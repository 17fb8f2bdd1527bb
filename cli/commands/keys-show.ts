import { ExportedKeySet, SigningKeyList, type SigningKeyView } from '../../contracts/key-registry.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { printableJson } from '../neutralise.ts';
import { query } from '../query.ts';

type Filter = { readonly environment?: string; readonly status?: string };

export async function listKeys({ api, output }: Context, { environment, status }: Filter): Promise<ExitCode> {
  const list = await api().get(`/v1/keys${query({ environment, status })}`, SigningKeyList);
  output.result(list, () => output.table(KEY_COLUMNS, list.keys.map(keyRow)));
  return EXIT.ok;
}

export async function exportKeys({ api, stdout }: Context): Promise<ExitCode> {
  const keySet = await api().get('/v1/keys/export', ExportedKeySet);
  stdout.write(`${printableJson(keySet)}\n`);
  return EXIT.ok;
}

export const KEY_COLUMNS = ['ID', 'ENVIRONMENT', 'STATUS', 'ORIGIN', 'HOLDER', 'ALGORITHM', 'UNTIL'];

export const keyRow = (key: SigningKeyView): string[] => [
  key.id,
  key.environment,
  key.status,
  key.origin,
  key.holder,
  key.algorithm,
  key.not_after ?? '-',
];
