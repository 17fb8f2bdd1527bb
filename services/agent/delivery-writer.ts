import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { DeliveredItem, Delivery } from '../../contracts/delivery.ts';
import { sha256 } from '../../domain/custody/digest.ts';
import type { Identity } from './identity.ts';
import type { MaskedItem } from './read-item.ts';
import type { KnownItem, SiteState } from './site-state.ts';
import type { Spool } from './spool.ts';

type About = Pick<Delivery, 'workspace' | 'source' | 'source_kind' | 'sanitizer' | 'component' | 'labels'>;

type Parts = {
  readonly spool: Spool;
  readonly state: SiteState;
  readonly identity: () => Promise<Identity>;
  /** For the parts of an item beyond its first: names that no other item has. */
  readonly partName: (key: string) => string;
  readonly now: () => Date;
};

/** Of what is signed; the envelope around it takes a third more. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_ITEMS = 400;
const MOST_DRAFTS = 10_000;
const MOST_GONE = 5000;

/** Puts items into deliveries, some of them or parts of one in each, and has every delivery spooled with what it changes. */
export class DeliveryWriter {
  readonly #about: About;
  readonly #parts: Parts;
  #items: DeliveredItem[] = [];
  #gone = new Set<string>();
  #put = new Map<string, KnownItem>();
  #forgotten = new Set<string>();
  #bytes = 0;

  constructor(about: About, parts: Parts) {
    [this.#about, this.#parts] = [about, parts];
  }

  /** `before`: what of it was sent, of which what is no more of it goes. */
  async add(
    item: MaskedItem,
    known: Omit<KnownItem, 'sent'>,
    before: KnownItem | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const sent = new Set<string>();
    const all = () => [...new Set([...(before?.sent ?? []), ...sent])];
    const parts = [...partsOf(item)];
    for (const [at, drafts] of parts.entries()) {
      const key = at === 0 ? item.key : `${item.key}~${at + 1}~${this.#parts.partName(item.key)}`;
      const isLast = at === parts.length - 1;
      const part = { ...item, key, drafts, ...(at === 0 ? {} : { masked: {}, unread: [] }) };
      const size = sizeOf(part);
      const isFull = this.#items.length >= MOST_ITEMS || this.#bytes + size > MOST_BYTES;
      // a delivery that names something twice is refused as a whole
      if (isFull || this.#gone.has(key) || this.#items.some((one) => one.key === key))
        await this.flush(signal);
      sent.add(key);
      this.#items.push(part);
      this.#bytes += size;
      // until its last part is there it is taken up again, and all that was sent of it is known
      this.#put.set(
        known.key,
        isLast ? { ...known, sent: [...sent] } : { ...known, ...UNFINISHED, sent: all() },
      );
    }
    const left = all().filter((key) => !sent.has(key));
    for (const key of left) this.#go(key);
  }

  async remove({ key, sent }: KnownItem, signal: AbortSignal): Promise<void> {
    const isUnderWay = this.#put.has(key) || sent.some((one) => this.#items.some((item) => item.key === one));
    if (isUnderWay || this.#gone.size + sent.length > MOST_GONE) await this.flush(signal);
    for (const one of sent) this.#go(one);
    this.#forgotten.add(key);
  }

  /** What nothing is known of any more, under the keys that the platform has. */
  async tellGone(keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (const key of keys) {
      const isFull = this.#gone.size >= MOST_GONE || this.#bytes > MOST_BYTES;
      if (isFull || this.#items.some((item) => item.key === key)) await this.flush(signal);
      this.#go(key);
    }
  }

  async flush(signal: AbortSignal): Promise<void> {
    if (this.#items.length === 0 && this.#gone.size === 0) return;
    const { spool, state, identity, now } = this.#parts;
    const { source } = this.#about;
    const at = now();
    const sequence = state.nextSequence(source, at);
    const createdAt = at.toISOString();
    const delivery: Delivery = {
      schema: 'certus.delivery/v1',
      ...this.#about,
      sequence,
      created_at: createdAt,
      items: this.#items,
      gone: [...this.#gone],
    };
    const payload = Buffer.from(JSON.stringify(delivery));
    const bundle = (await identity()).seal(payload);
    const body = await promisify(gzip)(bundle, { level: 1 });
    const spooled = { id: sha256(payload), source, sequence, items: this.#items.length, createdAt };
    const changes = { put: [...this.#put.values()], gone: [...this.#forgotten] };
    if (!(await spool.add(spooled, body, changes, signal))) signal.throwIfAborted();
    this.#items = [];
    this.#bytes = 0;
    this.#put.clear();
    this.#gone.clear();
    this.#forgotten.clear();
  }

  #go(key: string): void {
    this.#gone.add(key);
    this.#bytes += key.length + 4;
  }
}

const UNFINISHED = { version: '', hash: '' } as const;

/** So many drafts together as one delivery takes; one part at least, that the item is told of. */
function* partsOf({ drafts }: MaskedItem): Generator<MaskedItem['drafts'] & DeliveredItem['drafts']> {
  let part: DeliveredItem['drafts'] = [];
  let size = 0;
  for (const draft of drafts) {
    const more = sizeOf(draft);
    if (part.length > 0 && (size + more > MOST_BYTES / 2 || part.length >= MOST_DRAFTS)) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(draft);
    size += more;
  }
  yield part;
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value)) + 1;
