import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { CertusError } from '../../contracts/errors.ts';
import type { PrivacyPolicy } from '../../contracts/privacy.ts';
import type { Draft } from '../../domain/ingest/draft.ts';
import { maskOrigin } from '../../domain/ingest/mask-origin.ts';
import { createDetector } from '../../domain/sanitize/create-detector.ts';
import type { Detector } from '../../domain/sanitize/detector.ts';
import { maskText } from '../../domain/sanitize/mask-text.ts';
import { indexName } from '../../domain/sanitize/operators/hash-name.ts';
import { sparing } from '../../domain/sanitize/operators/sparing.ts';
import { contentOfBytes } from '../text/content.ts';
import type { ItemNature } from './item-reader.ts';
import { readItem } from './read-item.ts';
import type { DraftBatch, ReaderAnswer, ReaderTask } from './reader-task.ts';

// The entry of a thread: it is ended from outside when its time is up, and its memory is limited.

export async function read(task: ReaderTask): Promise<ReaderAnswer> {
  try {
    return await readAll(task);
  } catch (error) {
    // errors lose their class on the way out of a thread, and with it their code
    if (error instanceof CertusError) return { failure: { code: error.code, message: error.message } };
    // any other message could have something of the item in it
    const message = `an item could not be read (${error instanceof Error ? error.name : 'something was thrown'})`;
    return { failure: { code: 'internal_error', message } };
  }
}

async function readAll(task: ReaderTask) {
  const { name, bytes, policy, reading, nameKey, maxBytes, maxDrafts, drafts, ...origin } = task;
  const put = nameKey === undefined ? undefined : indexName(nameKey);
  const detector = known(policy);
  const masked: Record<string, number> = Object.create(null);
  const mask = (text: string, hint?: Parameters<Detector['detect']>[1]) => {
    const found = detector.detect(text, hint);
    for (const { type } of found) masked[type] = (masked[type] ?? 0) + 1;
    return found.length === 0 ? text : maskText(text, found, put);
  };
  const options = { maxBytes, maxDrafts, mask };
  const item = await readItem(contentOfBytes(bytes, { name }), JSON.parse(reading), options);
  const { format, mediaType, language } = item;
  const nature = { format, mediaType, language, ...maskOrigin(origin, mask) };
  const batch = new Batch(drafts, nature);
  for await (const draft of item.drafts) await batch.add(draft);
  return {
    last: batch.rest(),
    ...{ ...nature, drafts: batch.count, masked: { ...masked }, rules: detector.rules },
    // known only now that everything is read
    opaque: item.opaque.map(({ reason, place }) => ({ reason, place })),
  };
}

/**
 * So many go out together: each trip to the other side costs as much as some drafts. A few batches may be on their way while it
 * reads on, and the last one goes along with the answer: whoever has them is the one to wait until they are dealt with.
 */
class Batch {
  count = 0;
  #waiting: Draft[] = [];
  #characters = 0;
  #underWay = 0;
  readonly #port: MessagePort;
  readonly #nature: ItemNature;

  constructor(port: MessagePort, nature: ItemNature) {
    this.#port = port;
    this.#nature = nature;
    port.on('message', () => {
      this.#underWay -= 1;
    });
  }

  async add(draft: Draft): Promise<void> {
    this.#waiting.push(draft);
    this.#characters += draft.text.length;
    this.count += 1;
    if (this.#waiting.length < MOST_DRAFTS && this.#characters < MOST_CHARACTERS) return;
    this.#port.postMessage(this.rest());
    this.#underWay += 1;
    while (this.#underWay >= MOST_UNDER_WAY) await once(this.#port, 'message');
  }

  rest(): string {
    const batch: DraftBatch = { drafts: this.#waiting, nature: this.#nature };
    this.#waiting = [];
    this.#characters = 0;
    return JSON.stringify(batch);
  }
}

const MOST_DRAFTS = 500;
const MOST_CHARACTERS = 1024 * 1024;
const MOST_UNDER_WAY = 4;

/** Patterns of a policy are compiled once, and not for every item. */
const detectors = new Map<string, Detector>();

function known(json: string): Detector {
  const found = detectors.get(json);
  if (found !== undefined) return found;
  const policy = JSON.parse(json) as PrivacyPolicy;
  const made = sparing(createDetector(policy, 'documents', 'anybodys'), policy);
  if (detectors.size >= MAX_KNOWN) detectors.clear();
  detectors.set(json, made);
  return made;
}

const MAX_KNOWN = 8;
