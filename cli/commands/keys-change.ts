import { z } from 'zod';
import { PendingOrder, RevokedKeyView, SigningKeyView } from '../../contracts/key-registry.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { KEY_COLUMNS, keyRow } from './keys-show.ts';

/** A key as it is now, or the order that Trust will carry out once it is back. */
export const KeyOrOrder = z.union([SigningKeyView, PendingOrder]);

type NewKey = { readonly environment: string; readonly algorithm: string };

const making =
  (word: 'generate' | 'rotate') =>
  async (context: Context, { environment, algorithm }: NewKey): Promise<ExitCode> =>
    shown(context, await context.api().post(`/v1/keys/${word}`, { environment, algorithm }, KeyOrOrder));

export const generateKey = making('generate');
export const rotateKey = making('rotate');

export async function deactivateKey(context: Context, keyId: string): Promise<ExitCode> {
  return shown(context, await context.api().post(pathOf(keyId, 'deactivate'), {}, KeyOrOrder));
}

type Revoke = { readonly reason: string; readonly since?: string };

export async function revokeKey(
  context: Context,
  keyId: string,
  { reason, since }: Revoke,
): Promise<ExitCode> {
  const body = { reason, invalid_since: since ?? null };
  const answer = await context.api().post(pathOf(keyId, 'revoke'), body, RevokedOrOrder);
  const code = shown(context, answer);
  if ('affected' in answer && answer.affected !== undefined)
    context.output.note(`${answer.affected.published} published scans rest on what it signed`);
  return code;
}

const RevokedOrOrder = z.union([RevokedKeyView, PendingOrder]);

const pathOf = (keyId: string, word: string): string => `/v1/keys/${encodeURIComponent(keyId)}/${word}`;

export function shown({ output }: Context, answer: z.output<typeof KeyOrOrder>): ExitCode {
  output.result(answer, () => {
    if ('order_id' in answer) output.line(`Trust is away and will do it when it is back: ${answer.order_id}`);
    else output.table(KEY_COLUMNS, [keyRow(answer)]);
  });
  return EXIT.ok;
}
