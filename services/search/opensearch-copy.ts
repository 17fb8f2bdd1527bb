import type { Client } from '@opensearch-project/opensearch';
import { z } from 'zod';
import { CertusError } from '../../contracts/errors.ts';
import { type Operation, persistently, sendOperations } from './opensearch-bulk.ts';
import { answered } from './opensearch-errors.ts';
import { type Form, noteCopy } from './opensearch-forms.ts';
import { PATIENCE_MS } from './patience.ts';

/** An index that is filled from another one. */
export type Target = { readonly form: Form; readonly from: Form; readonly request: string };

/**
 * Copies every document in the order in which they were last written, and then what was written meanwhile, until hardly
 * anything is left. Each write to an index has a number: how far this has come is one number, and after a crash it goes
 * on from there.
 */
export async function copyAll(client: Client, target: Target, signal: AbortSignal): Promise<number> {
  let from = target.form.copy?.seq_no ?? -1;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { settled } = await writesOf(client, target.from.name);
    if (settled - from <= FEW) break;
    from = await copyBetween(client, target, { from, upTo: settled }, signal);
  }
  return from;
}

/** When others write quicker than this copies, they have to wait in the end, and longer. */
const MOST_ROUNDS = 50;
const FEW = 1_000;

type Range = { readonly from: number; readonly upTo: number };

/** Copies what was last written after the one write and up to the other. */
export async function copyBetween(
  client: Client,
  target: Target,
  { from, upTo }: Range,
  signal: AbortSignal,
): Promise<number> {
  // what was written but cannot be found yet would be left out
  await answered(client.indices.refresh({ index: target.from.name }));
  let at = from;
  let size = FIRST_PAGE;
  let noted = performance.now();
  while (at < upTo) {
    signal.throwIfAborted();
    const documents = await read(client, target.from.name, { from: at, upTo }, size);
    const characters = await write(client, target, documents);
    at = documents.at(-1)?.write ?? upTo;
    if (at === upTo || performance.now() - noted > NOTE_EVERY_MS) {
      await note(client, target, at);
      noted = performance.now();
    }
    size = Math.max(1, Math.min(MOST_PAGE, Math.floor((size * PAGE_CHARACTERS) / Math.max(1, characters))));
  }
  return at;
}

const FIRST_PAGE = 100;
const MOST_PAGE = 2_000;
const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** Each is a change to the state of the cluster. */
const NOTE_EVERY_MS = 2_000;

const note = (client: Client, { form, from, request }: Target, at: number): Promise<void> =>
  noteCopy(client, form, { from: from.name, seq_no: at, request });

const Stats = z.object({
  routing: z.object({ primary: z.boolean() }),
  seq_no: z.object({ max_seq_no: z.number().int(), global_checkpoint: z.number().int() }),
});

/** The number of the last write, and of the last one before which none is still on its way. */
export async function writesOf(client: Client, index: string): Promise<{ last: number; settled: number }> {
  const { body } = await answered(client.indices.stats({ index, level: 'shards' }));
  const shards = Object.values(body.indices?.[index]?.shards ?? {}).flat();
  const primaries = z
    .array(Stats)
    .parse(shards)
    .filter(({ routing }) => routing.primary);
  const [primary] = primaries;
  // each shard numbers its writes by itself
  if (primary === undefined || primaries.length > 1)
    throw new CertusError(
      'internal_error',
      `${index} has ${primaries.length} shards, and only one can be copied`,
    );
  return { last: primary.seq_no.max_seq_no, settled: primary.seq_no.global_checkpoint };
}

type Copied = { readonly key: string; readonly write: number; readonly source: object };

async function read(client: Client, index: string, { from, upTo }: Range, size: number): Promise<Copied[]> {
  const { body } = await answered(
    client.search({
      index,
      body: {
        query: { range: { _seq_no: { gt: from, lte: upTo } } },
        sort: [{ _seq_no: 'asc' }],
        seq_no_primary_term: true,
        track_total_hits: false,
        size,
      },
    }),
  );
  return body.hits.hits.map(({ _id, _seq_no, _source }) => {
    if (_id === undefined || _seq_no === undefined)
      throw new CertusError('internal_error', 'OpenSearch does not say when a document was written');
    return { key: _id, write: _seq_no, source: _source ?? {} };
  });
}

/** Returns how much it was. */
async function write(client: Client, target: Target, documents: readonly Copied[]): Promise<number> {
  if (documents.length === 0) return 0;
  const sameVectors = target.form.dimension === target.from.dimension;
  const operations = documents.map((document) => operationOf(document, sameVectors));
  const refused = await persistently(
    operations,
    (some) => sendOperations(client, { index: target.form.name }, some),
    PATIENCE_MS,
  );
  const lost = refused.filter(({ status }) => status !== NEWER_IS_THERE);
  if (lost.length > 0)
    throw new CertusError(
      'internal_error',
      `${target.form.name} refuses ${lost.length} documents of ${target.from.name}: ${lost[0]?.reason.slice(0, 300)}`,
    );
  return operations.reduce((sum, { lines }) => sum + lines.length, 0);
}

const NEWER_IS_THERE = 409;

/**
 * The version is that of the write: what somebody who was thought dead still copies replaces nothing that is newer. In
 * between there is room for what is done to the copy itself, as when its document is removed.
 */
function operationOf({ key, write: number, source }: Copied, sameVectors: boolean): Operation {
  const { embedding, ...rest } = source as { readonly embedding?: unknown };
  const action = { index: { _id: key, version: (number + 1) * ROOM, version_type: 'external' } };
  const copied = sameVectors && embedding !== undefined ? { ...rest, embedding } : rest;
  return { id: key, lines: `${JSON.stringify(action)}\n${JSON.stringify(copied)}` };
}

const ROOM = 16;
