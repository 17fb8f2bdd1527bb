import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { CertusError } from '../../contracts/errors.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import { rulesOf } from '../../domain/sanitize/create-detector.ts';
import { indexPolicy } from '../../domain/sanitize/index-policy.ts';
import { OwnTime } from '../privacy/own-time.ts';
import { Turns } from '../privacy/turns.ts';
import type { ItemReader } from './item-reader.ts';
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

  /** One item in one thread, from its first byte to its last; the last drafts may still be on their way. */
  async function inThread(task: Omit<ReaderTask, 'drafts'>, take: TakeDrafts, signal: AbortSignal) {
    signal.throwIfAborted();
    const stop = new AbortController();
    const { port1, port2 } = new MessageChannel();
    const time = new OwnTime(seconds, () => stop.abort(LATE));
    const taken = handOver(port1, (...some) => time.whileOthers(() => take(...some)), stop);
    try {
      const answer = await pool.run(
        { ...task, drafts: port2 },
        {
          signal: AbortSignal.any([stop.signal, signal]),
          transferList: [task.bytes.buffer as ArrayBuffer, port2],
        },
      );
      if ('failure' in answer) throw new CertusError(answer.failure.code, answer.failure.message);
      return { answer, taken };
    } catch (error) {
      await taken.close(); // what stopped the thread is what is thrown
      if (isClosed || signal.aborted || error instanceof CertusError) throw error;
      throw diedOf(error, stop.signal.reason === LATE);
    } finally {
      time.end();
    }
  }

  return {
    // who has a digest of a random key has nothing of it
    rulesFor: (policy, nameKey) =>
      `${rulesOf(indexPolicy(policy))}${nameKey === undefined ? '' : ` names:${sha256(nameKey).slice(0, 12)}`}`,
    read: async ({ name, bytes, location = '', extra = {} }, { reading, policy, nameKey }, take, signal) => {
      const { answer, taken } = await running.take(() => {
        const task = {
          ...{ name, location, extra },
          bytes: givenAway(bytes),
          policy: JSON.stringify(indexPolicy(policy)),
          reading: JSON.stringify(reading),
          nameKey,
          ...{ maxBytes, maxDrafts },
        };
        return inThread(task, take, signal);
      });
      // the thread has the next item by now
      const { last, ...read } = answer;
      await taken.all(last, read.drafts);
      return read;
    },
    async close() {
      isClosed = true;
      await pool.destroy();
    },
  };
}

const LATE = Symbol('late');

/** Of a small one a copy: its memory may be that of others as well. */
const givenAway = (bytes: Uint8Array): Uint8Array =>
  bytes.length >= LARGE && bytes.length === bytes.buffer.byteLength
    ? new Uint8Array(bytes.buffer)
    : new Uint8Array(bytes);

const LARGE = 8 * 1024 * 1024;

type TakeDrafts = Parameters<ItemReader['read']>[2];

/** A thread that reads faster than the index writes waits for it. What cannot be taken stops the thread, and is what is thrown. */
function handOver(port: MessagePort, take: TakeDrafts, stop: AbortController) {
  let failure: { readonly error: unknown } | undefined;
  let [done, underWay] = [0, 0];
  let changed: () => void = () => undefined;
  const deal = async (batch: string): Promise<void> => {
    underWay += 1;
    try {
      const { drafts, nature }: DraftBatch = JSON.parse(batch);
      if (drafts.length > 0) await take(drafts, nature);
      done += drafts.length;
      port.postMessage(null);
    } catch (error) {
      failure ??= { error };
      stop.abort();
    } finally {
      underWay -= 1;
      changed();
    }
  };
  port.on('message', deal);
  const until = async (is: () => boolean): Promise<void> => {
    while (!is())
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    if (failure !== undefined) throw failure.error;
  };
  /** No more are taken, and those that are under way are waited for. */
  const close = (): Promise<void> => {
    port.close();
    return until(() => underWay === 0);
  };
  return {
    close,
    /** With these as the last ones, and so many in all. */
    all: async (last: string, count: number): Promise<void> => {
      void deal(last);
      await until(() => failure !== undefined || done === count).finally(close);
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
