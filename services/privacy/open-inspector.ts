import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { CertusError } from '../../contracts/errors.ts';
import type { OpaqueReason } from '../../contracts/privacy.ts';
import { RECOGNISERS_VERSION } from '../../domain/sanitize/recognisers.ts';
import type { NamesInTexts } from '../sanitize/names-in-texts.ts';
import { MAX_WHOLE } from '../text/content.ts';
import type { ReadPicture } from '../text/look.ts';
import { answeringNames } from './answering-names.ts';
import { type Gathered, gather } from './gather.ts';
import type { FileToInspect, Inspected, Inspector, InspectRequest } from './inspector.ts';
import { unread } from './judge.ts';
import { OwnTime } from './own-time.ts';
import type { ThreadAnswer, ThreadTask } from './thread-task.ts';
import { Turns } from './turns.ts';

type InspectorOptions = {
  readonly threads: number;
  /** Text that one file may give. */
  readonly maxBytes: number;
  /** How long one file may take. */
  readonly seconds?: number;
  /** Reads what pictures show. */
  readonly ocr?: ReadPicture | undefined;
  /** A model that is asked about documents besides. One that does not answer is an error: without it names would pass. */
  readonly names?: NamesInTexts | undefined;
  /** How long the model may take over one file. */
  readonly modelSeconds?: number;
};

/** Threads that look into files. None is started before there is something to do, and none stays for long when there is not. */
export function openInspector({
  threads,
  maxBytes,
  seconds = 120,
  ocr,
  names,
  modelSeconds = 1200,
}: InspectorOptions): Inspector {
  const pool = new Piscina<ThreadTask, ThreadAnswer>({
    filename: new URL('./inspect-thread.ts', import.meta.url).href,
    name: 'inspect',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    env: {}, // not a thread's business: the worker's has passwords in it
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: NURSERY_MB },
  });
  // the time of a file begins when a thread takes it up, and the next ones are fetched meanwhile
  const [atOnce, running] = [new Turns(2 * threads), new Turns(threads)];
  const most = Math.max(MAX_WHOLE, 2 * maxBytes);
  const closing = new AbortController();

  const run = async (task: ThreadTask, request: InspectRequest): Promise<Inspected> => {
    const limit = new AbortController();
    const time = new OwnTime(seconds, () => limit.abort());
    const pictures = ocr === undefined ? undefined : answering(ocr);
    const asked =
      names === undefined || request.as !== 'documents'
        ? undefined
        : answeringNames(names, {
            time,
            seconds: modelSeconds,
            signal: AbortSignal.any([limit.signal, closing.signal]),
          });
    const given = 'bytes' in task.content ? [task.content.bytes.buffer as ArrayBuffer] : [];
    const ports = [pictures?.theirs, asked?.theirs].filter((port) => port !== undefined);
    try {
      const answer = await pool.run(
        { ...task, pictures: pictures?.theirs, names: asked?.theirs },
        { signal: limit.signal, transferList: [...given, ...ports] },
      );
      if ('failure' in answer) throw new CertusError(answer.failure.code, answer.failure.message);
      return answer;
    } catch (error) {
      if (closing.signal.aborted) throw error;
      const reason = limit.signal.aborted ? 'too_slow' : reasonOf(error);
      return { inspection: unread(request.policy[request.as], reason) };
    } finally {
      time.end();
      pictures?.ours.close();
      asked?.ours.close();
    }
  };

  return {
    rules: `certus/1 ${RECOGNISERS_VERSION}${names === undefined ? '' : ` ${names.name} of documents`}`,
    inspect: (file, request) =>
      atOnce.take(async () => {
        const gathered = await gather(file, most);
        try {
          return await running.take(() => run(taskOf(file, request, gathered, maxBytes), request));
        } finally {
          await gathered.close();
        }
      }),
    async close() {
      closing.abort();
      await pool.destroy();
    },
  };
}

const MEMORY_MB = 1024;
/** With 6 a thread spends a quarter of its time tidying; a larger one than this is no quicker, and each thread keeps it. */
const NURSERY_MB = 16;

const taskOf = (
  { name }: FileToInspect,
  { policy, as, mask, preview }: InspectRequest,
  { size, content }: Gathered,
  maxBytes: number,
): ThreadTask => ({
  ...{ name, size, content, as, mask, preview, maxBytes },
  policy: JSON.stringify(policy),
  pictures: undefined,
  names: undefined,
});

/** How a thread died of a file. What is wrong with the inspector itself is an error, not an answer about the file. */
function reasonOf(error: unknown): OpaqueReason {
  if (error instanceof CertusError || !(error instanceof Error)) throw error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'too_large';
  if (error instanceof SyntaxError || code?.startsWith('ERR_MODULE') || code?.startsWith('ERR_UNSUPPORTED'))
    throw error;
  return 'damaged';
}

/** Pictures are read by a program in a sandbox, which is not for a thread to start: it may be ended at any moment. */
function answering(read: ReadPicture): { ours: MessagePort; theirs: MessagePort } {
  const { port1: ours, port2: theirs } = new MessageChannel();
  ours.on('message', (picture: Uint8Array) => {
    read(picture).then(
      (text) => ours.postMessage(text ?? null),
      () => ours.postMessage(null), // it is said not to have been read
    );
  });
  ours.unref();
  return { ours, theirs };
}
