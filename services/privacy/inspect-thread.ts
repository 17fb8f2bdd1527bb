import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { CertusError } from '../../contracts/errors.ts';
import { PrivacyAction, type PrivacyPolicy } from '../../contracts/privacy.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import { type SparingDetector, sparing } from '../../domain/sanitize/operators/sparing.ts';
import { contentOfBytes, contentOfFile } from '../text/content.ts';
import type { ReadPicture } from '../text/look.ts';
import { actionOf } from './judge.ts';
import { lookInto } from './look-into.ts';
import type { AskNames } from './named-pieces.ts';
import type { NamesAnswer, ThreadAnswer, ThreadTask } from './thread-task.ts';

// The entry of a thread: it is ended from outside when its time is up, and its memory is limited.

export async function inspect(task: ThreadTask): Promise<ThreadAnswer> {
  const { name, size, content, as, mask, preview, maxBytes, pictures, names } = task;
  try {
    const { policy, detector } = known(task.policy, as);
    const file =
      'fd' in content
        ? contentOfFile(content.fd, { name, size })
        : contentOfBytes(content.bytes, { name, size });
    const readPicture = pictures === undefined ? undefined : asking(pictures);
    const ask = names === undefined ? undefined : askingNames(names);
    return await lookInto(file, { policy, as, mask, preview }, detector, { maxBytes, readPicture }, ask);
  } catch (error) {
    // errors lose their class on the way out of a thread, and with it their code
    if (error instanceof CertusError) return { failure: { code: error.code, message: error.message } };
    // any other message could have something of the file in it
    const message = `a file could not be looked into (${error instanceof Error ? error.name : 'something was thrown'})`;
    return { failure: { code: 'internal_error', message } };
  } finally {
    pictures?.close();
    names?.close();
  }
}

/** Patterns of a policy are compiled once, and not for every file. */
const detectors = new Map<string, { policy: PrivacyPolicy; detector: SparingDetector }>();

function known(
  json: string,
  as: 'documents' | 'evidence',
): { policy: PrivacyPolicy; detector: SparingDetector } {
  const key = `${as} ${json}`;
  const found = detectors.get(key);
  if (found !== undefined) return found;
  const policy = JSON.parse(json) as PrivacyPolicy;
  const strictness = (type: string) => PrivacyAction.options.indexOf(actionOf(policy[as], type));
  const made = { policy, detector: sparing(createDetector(policy, as), policy, { strictness }) };
  if (detectors.size >= MAX_KNOWN) detectors.clear();
  detectors.set(key, made);
  return made;
}

const MAX_KNOWN = 8;

const asking =
  (port: MessagePort): ReadPicture =>
  async (picture) => {
    port.postMessage(new Uint8Array(picture));
    const [answer] = (await once(port, 'message')) as [string | null];
    return answer ?? undefined;
  };

/** A model that is away ends the inspection: to go on would be to let through what nobody has looked at. */
function askingNames(port: MessagePort): AskNames {
  let refused = false;
  return {
    hasRefused: () => refused,
    find: async (texts) => {
      port.postMessage(texts);
      const [answer] = (await once(port, 'message')) as [NamesAnswer];
      if ('found' in answer) return answer.found;
      const { code, message } = answer.failure;
      if (code !== 'item_unreadable') throw new CertusError(code, message);
      refused = true;
      return texts.map(() => []);
    },
  };
}
