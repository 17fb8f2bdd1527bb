import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { CertusError } from '../../contracts/errors.ts';
import type { NamesInTexts } from '../sanitize/names-in-texts.ts';
import type { OwnTime } from './own-time.ts';
import type { NamesAnswer } from './thread-task.ts';

type Limits = {
  /** Of the thread: it stands still while the model is asked, or a slow one would let files pass as too slow to be looked into. */
  readonly time: OwnTime;
  /** For all that is asked about one file. */
  readonly seconds: number;
  readonly signal: AbortSignal;
};

type Answering = {
  readonly ours: MessagePort;
  readonly theirs: MessagePort;
};

/** Asks the model for a thread, which has no way out of its own. */
export function answeringNames(names: NamesInTexts, { time, seconds, signal }: Limits): Answering {
  const { port1: ours, port2: theirs } = new MessageChannel();
  const until = performance.now() + seconds * 1000;
  const answerTo = async (texts: readonly string[]): Promise<NamesAnswer> => {
    try {
      if (performance.now() > until)
        throw new CertusError('item_unreadable', 'the model takes too long over it');
      const language = await languageIn(names, texts);
      return { found: await time.whileOthers(() => names.find(texts, language, signal)) };
    } catch (error) {
      if (!(error instanceof CertusError)) return { failure: UNKNOWN };
      return { failure: { code: error.code, message: error.message } };
    }
  };
  ours.on('message', (texts: readonly string[]) => {
    void answerTo(texts).then((answer) => ours.postMessage(answer));
  });
  ours.unref();
  return { ours, theirs };
}

/** Told only where it makes a difference: what tells it fills some memory. */
async function languageIn({ languages }: NamesInTexts, texts: readonly string[]): Promise<string | null> {
  if (languages.length < 2) return null;
  const { languageOf, SAMPLE } = await import('../ingest/language.ts');
  return languageOf(texts.join('\n').slice(0, SAMPLE));
}

const UNKNOWN = { code: 'internal_error', message: 'the model could not be asked' } as const;
