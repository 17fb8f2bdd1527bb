import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { CertusError } from '../../contracts/errors.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { Turns } from '../privacy/turns.ts';
import type { ItemNature, ItemReader } from './item-reader.ts';
import type { DraftBatch, ReaderAnswer, ReaderTask } from './reader-task.ts';

type Options = {
  readonly threads: number;
  /** Text that one item may give, and drafts. */
  readonly maxBytes: number;
  readonly maxDrafts?: number;
  /** How long one item may take. */
  readonly seconds?: number;
};

/** Threads that read items. None is started before there is something to do, and none stays for long when there is not. */
export function openItemReader({
  threads,
  maxBytes,
  maxDrafts = 500_000,
  seconds = 600,
}: Options): ItemReader {
  const pool = new Piscina<ReaderTask, ReaderAnswer>({
    filename: new URL('./reader-thread.ts', import.meta.url).href,
    name: 'read',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    env: {}, // not a thread's business: the worker's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 },
  });
  // the time of an item begins when a thread takes it up
  const running = new Turns(threads);
  let isClosed = false;

  return {
    rulesFor: (policy) => createDetector(indexPolicy(policy), 'documents', 'anybodys').rules,
    read: (item, { reading, policy }, take, signal) =>
      running.take(async () => {
        signal.throwIfAborted();
        const limit = new AbortController();
        const timer = setTimeout(() => limit.abort(), seconds * 1000);
        const channel = new MessageChannel();
        const taken = handOver(channel.port1, take, limit);
        const bytes = new Uint8Array(item.bytes); // a copy, for it is given away
        const task = {
          name: item.name,
          bytes,
          policy: JSON.stringify(indexPolicy(policy)),
          reading: JSON.stringify(reading),
          maxBytes,
          maxDrafts,
          drafts: channel.port2,
        };
        try {
          const answer = await pool.run(task, {
            signal: AbortSignal.any([limit.signal, signal]),
            transferList: [bytes.buffer, channel.port2],
          });
          if ('failure' in answer) throw new CertusError(answer.failure.code, answer.failure.message);
          return answer;
        } catch (error) {
          taken.rethrow(); // what stopped the thread
          if (isClosed || signal.aborted || error instanceof CertusError) throw error;
          throw diedOf(error, limit.signal.aborted);
        } finally {
          clearTimeout(timer);
          channel.port1.close();
        }
      }),
    async close() {
      isClosed = true;
      await pool.destroy();
    },
  };
}

/** One batch at a time: a thread that reads faster than the index writes waits for it. */
function handOver(
  port: MessagePort,
  take: (drafts: readonly Draft[], nature: ItemNature) => Promise<void>,
  stop: AbortController,
): { readonly rethrow: () => void } {
  let failure: { readonly error: unknown } | undefined;
  port.on('message', ({ drafts, nature }: DraftBatch) => {
    take(drafts, nature).then(
      () => port.postMessage(null),
      (error: unknown) => {
        failure ??= { error };
        stop.abort();
      },
    );
  });
  return {
    rethrow: () => {
      if (failure !== undefined) throw failure.error;
    },
  };
}

/** A thread that an item has killed. What is wrong with the reader itself is an error, not an answer about the item. */
function diedOf(error: unknown, late: boolean): unknown {
  if (late) return new CertusError('item_unreadable', 'reading it took too long');
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new CertusError('item_unreadable', 'reading it took too much memory');
  if (error instanceof SyntaxError || code?.startsWith('ERR_MODULE') || code?.startsWith('ERR_UNSUPPORTED'))
    return error;
  return new CertusError('item_unreadable', 'it ended the thread that read it');
}
