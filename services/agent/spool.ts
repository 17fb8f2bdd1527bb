import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { syncFolder } from '../files/folder.ts';
import { removeFile } from '../files/staged-file.ts';
import { Bell, waited } from './bell.ts';
import { Inbox } from './inbox.ts';
import { SEALING, seal, unseal } from './sealed.ts';
import type { SiteKeys } from './site-keys.ts';
import type { ItemChanges, SiteState, SpooledDelivery } from './site-state.ts';
import { writeDurably } from './write-durably.ts';

/**
 * Deliveries on their way, sealed, within a bound. A file stands under its name before its row does, and goes after it: a
 * crash leaves a file of which nobody knows, never a row without a file.
 */
export class Spool {
  readonly changed = new Bell();
  readonly dropped = new Bell();
  readonly inbox: Inbox;
  readonly #folder: string;
  readonly #keys: SiteKeys;
  readonly #state: SiteState;
  readonly #maxBytes: number;
  /** Promised to somebody who is writing. */
  #promised = 0;

  private constructor(folder: string, keys: SiteKeys, state: SiteState, maxBytes: number, inbox: Inbox) {
    [this.#folder, this.#keys, this.#state, this.#maxBytes] = [folder, keys, state, maxBytes];
    this.inbox = inbox;
  }

  static async open(folder: string, keys: SiteKeys, state: SiteState, maxBytes: number): Promise<Spool> {
    for (const name of [WAITING, REFUSED]) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    const inbox = await Inbox.open(join(folder, INBOX), keys);
    const spool = new Spool(folder, keys, state, maxBytes, inbox);
    await spool.#reconcile();
    return spool;
  }

  get bytes(): number {
    return this.#state.spooledBytes() + this.inbox.bytes;
  }

  /** Waits while there is no room; false when all ended meanwhile, and then nothing was spooled. */
  async add(
    delivery: Omit<SpooledDelivery, 'size'>,
    bytes: Uint8Array,
    changes: ItemChanges,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (!(await this.#room(bytes.length + SEALING, signal))) return false;
    try {
      const sealed = seal(this.#keys.seal, `delivery/${delivery.id}`, bytes);
      await writeDurably(join(this.#folder, WAITING), delivery.id, sealed);
      this.#state.addDelivery({ ...delivery, size: sealed.length }, changes);
    } finally {
      this.#promised -= bytes.length + SEALING;
    }
    this.changed.ring();
    return true;
  }

  /** Half of the room is for what comes in: else there would be none for what is made of it. */
  async drop(source: string, name: string, bytes: Uint8Array): Promise<'taken' | 'full'> {
    const size = Inbox.sizeOf(bytes);
    const isFull =
      this.inbox.bytes + size > this.#maxBytes / 2 || this.bytes + this.#promised + size > this.#maxBytes;
    if (isFull) return 'full';
    this.#promised += size;
    try {
      await this.inbox.put(source, name, bytes);
    } finally {
      this.#promised -= size;
    }
    this.dropped.ring();
    return 'taken';
  }

  /** What was dropped has become deliveries. */
  roomier(): void {
    this.changed.ring();
  }

  read(delivery: SpooledDelivery): Promise<Buffer> {
    return this.#read(WAITING, delivery);
  }

  readRefused(delivery: SpooledDelivery): Promise<Buffer> {
    return this.#read(REFUSED, delivery);
  }

  async #read(folder: string, { id }: SpooledDelivery): Promise<Buffer> {
    const sealed = await readFile(join(this.#folder, folder, id)).catch((error: unknown) => {
      if (isFileError(error, 'ENOENT'))
        throw new CertusError('object_not_found', `the delivery ${id} is not in the spool any more`);
      throw error;
    });
    return unseal(this.#keys.seal, `delivery/${id}`, sealed);
  }

  async sent({ id, source }: SpooledDelivery, at: Date): Promise<void> {
    this.#state.noteSent(source, at.toISOString());
    this.#state.forgetDelivery(id);
    await removeFile(join(this.#folder, WAITING, id));
    this.changed.ring();
  }

  /** Kept, for somebody to look into: it takes up room until it is removed. */
  async setAside({ id }: SpooledDelivery, code: string): Promise<void> {
    this.#state.setAside(id, code);
    await this.#moveAside(id);
    this.changed.ring();
  }

  async forget({ id }: SpooledDelivery): Promise<void> {
    this.#state.forgetDelivery(id);
    await removeFile(join(this.#folder, REFUSED, id));
  }

  /** For whoever only looks. */
  static async inboxBytes(folder: string): Promise<number> {
    return Inbox.bytesIn(join(folder, INBOX));
  }

  async #room(size: number, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const bell = this.changed.listen();
      if (signal.aborted) return false;
      if (this.bytes + this.#promised + size <= this.#maxBytes) {
        this.#promised += size;
        return true;
      }
      await waited(signal, { bell });
    }
  }

  async #moveAside(id: string): Promise<void> {
    try {
      await rename(join(this.#folder, WAITING, id), join(this.#folder, REFUSED, id));
      await syncFolder(join(this.#folder, REFUSED));
    } catch (error) {
      if (!isFileError(error, 'ENOENT')) throw error;
    }
  }

  /** What a crash, or somebody who cleared up, has left. */
  async #reconcile(): Promise<void> {
    const waiting = new Set(this.#state.waiting().map(({ id }) => id));
    const refused = new Set(this.#state.refused().map(({ id }) => id));
    for (const id of refused) await this.#moveAside(id);
    for (const name of await readdir(join(this.#folder, WAITING)))
      if (!waiting.has(name)) await removeFile(join(this.#folder, WAITING, name));
    const kept = new Set(await readdir(join(this.#folder, REFUSED)));
    for (const id of refused) if (!kept.has(id)) this.#state.forgetDelivery(id);
  }
}

const WAITING = 'deliveries';
const REFUSED = 'refused';
const INBOX = 'inbox';
