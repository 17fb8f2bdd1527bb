import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@opensearch-project/opensearch';
import { CertusError } from '../../contracts/errors.ts';
import { copyBetween, type Target, writesOf } from './opensearch-copy.ts';
import { answered } from './opensearch-errors.ts';
import { type Form, noteCopy } from './opensearch-forms.ts';
import { countIn } from './opensearch-remove.ts';
import { removeStrangers } from './opensearch-strangers.ts';
import { PATIENCE_MS, tries } from './patience.ts';

/**
 * Lets the copy take the place of what it was made of. Writers wait for the moment that the last writes take to be
 * copied: the engine itself refuses them, so that also those of another release lose nothing. Searching goes on.
 */
export async function handOver(
  client: Client,
  alias: string,
  target: Target,
  from: number,
  signal: AbortSignal,
): Promise<void> {
  const { form, from: before } = target;
  await answered(
    client.indices.putSettings({ index: form.name, body: { index: { refresh_interval: NOT_SET } } }),
  );
  // what was removed while it was copied: most of it is found while nobody waits
  await removeStrangers(client, before.name, form.name, signal);
  try {
    await answered(client.indices.addBlock({ index: before.name, block: 'write' }));
    const upTo = await lastWrite(client, before.name, signal);
    await copyBetween(client, target, { from, upTo }, signal);
    await requireSame(client, target, signal);
    await noteCopy(client, form, { from: before.name, seq_no: upTo, request: target.request });
    signal.throwIfAborted();
    await swap(client, alias, target);
  } catch (error) {
    await allowWrites(client, before.name);
    throw error;
  }
}

/** Lets removals into what has served, once nothing that was on its way there can reach it any more. */
export async function reopen(client: Client, forms: readonly Form[]): Promise<void> {
  const blocked = forms.filter((form) => form.blocked);
  if (blocked.length > 0) await pause(SETTLE_MS);
  for (const { name } of blocked) await allowWrites(client, name);
}

/** A setting that has this is as if nobody had ever set it; the client's types know nothing of it. */
const NOT_SET = null as unknown as never;
const SETTLE_MS = 1_000;

async function lastWrite(client: Client, index: string, signal: AbortSignal): Promise<number> {
  for await (const _ of tries(PATIENCE_MS, signal)) {
    const { last, settled } = await writesOf(client, index);
    if (last === settled) return last;
  }
  throw new CertusError('dependency_unavailable', `${index} does not come to rest`);
}

/** Everything is in the copy by now: as many documents are the same documents. */
async function requireSame(client: Client, target: Target, signal: AbortSignal): Promise<void> {
  const { form, from: before, request } = target;
  await removeStrangers(client, before.name, form.name, signal);
  const [expected, copied] = [await countIn(client, before.name), await countIn(client, form.name)];
  if (expected === copied) return;
  await noteCopy(client, form, { from: before.name, seq_no: -1, request });
  throw new CertusError(
    'dependency_unavailable',
    `${form.name} holds ${copied} documents of the ${expected} of ${before.name}: they are copied again`,
  );
}

/** In one step: there is no moment at which nothing, or both, would be searched. */
async function swap(client: Client, alias: string, { form, from: before }: Target): Promise<void> {
  await answered(
    client.indices.updateAliases({
      body: {
        actions: [
          { remove: { index: before.name, alias, must_exist: true } },
          { add: { index: form.name, alias, is_write_index: true } },
        ],
      },
    }),
  );
}

async function allowWrites(client: Client, index: string): Promise<void> {
  await answered(client.indices.putSettings({ index, body: { index: { blocks: { write: NOT_SET } } } }));
}
