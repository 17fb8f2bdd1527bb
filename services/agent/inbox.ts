import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CertusError } from '../../contracts/errors.ts';
import { isFileError } from '../files/failure.ts';
import { removeFile } from '../files/staged-file.ts';
import { SEALING, seal, unseal } from './sealed.ts';
import type { SiteKeys } from './site-keys.ts';
import { writeDurably } from './write-durably.ts';

export type Dropped = {
  readonly file: string;
  readonly name: string;
  /** Of this one arrival: a name that comes again is a new version of its report. */
  readonly version: string;
  readonly size: number;
};

/** Reports that were brought and nobody has read yet, sealed as they came, in the order in which they came. */
export class Inbox {
  readonly #folder: string;
  readonly #keys: SiteKeys;
  readonly #sizes: Map<string, number>;

  private constructor(folder: string, keys: SiteKeys, sizes: Map<string, number>) {
    [this.#folder, this.#keys, this.#sizes] = [folder, keys, sizes];
  }

  static async open(folder: string, keys: SiteKeys): Promise<Inbox> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const sizes = new Map<string, number>();
    for (const name of (await readdir(folder)).sort()) {
      if (FILE.test(name)) sizes.set(name, (await stat(join(folder, name))).size);
      // a draft of somebody who died while writing it, and has told nobody that it is there
      else if (name.startsWith('.')) await removeFile(join(folder, name));
    }
    return new Inbox(folder, keys, sizes);
  }

  /** How much room it takes up. */
  static sizeOf = (bytes: Uint8Array): number => HEAD + SEALING + bytes.length;

  static async bytesIn(folder: string): Promise<number> {
    let bytes = 0;
    for (const name of await readdir(folder)) {
      const info = await stat(join(folder, name)).catch((error: unknown) => {
        if (isFileError(error, 'ENOENT')) return undefined;
        throw error;
      });
      bytes += info?.size ?? 0;
    }
    return bytes;
  }

  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  async put(source: string, name: string, bytes: Uint8Array): Promise<void> {
    const last = [...this.#sizes.keys()].reduce((most, file) => Math.max(most, Number(file.slice(0, 12))), 0);
    const arrival = `${String(last + 1).padStart(12, '0')}-${randomBytes(8).toString('hex')}`;
    const file = `${arrival}~${this.#keys.nameOf('dropped', name)}~${source}`;
    // a number is given once, also to those who come at the same time
    this.#sizes.set(file, Inbox.sizeOf(bytes));
    const head = Buffer.alloc(HEAD - SEALING, ' ');
    head.write(JSON.stringify(name));
    try {
      const sealed = [
        seal(this.#keys.seal, `name/${file}`, head),
        seal(this.#keys.seal, `drop/${file}`, bytes),
      ];
      await writeDurably(this.#folder, file, Buffer.concat(sealed));
    } catch (error) {
      this.#sizes.delete(file);
      throw error;
    }
  }

  /** Of each name the newest, and what it has taken the place of. */
  async list(source: string): Promise<{ readonly newest: Dropped[]; readonly files: string[] }> {
    const files = [...this.#sizes.keys()].filter((file) => file.endsWith(`~${source}`)).sort();
    const newest = new Map(files.map((file) => [file.split('~')[1], file]));
    const dropped: Dropped[] = [];
    for (const file of newest.values()) {
      const name = await this.#nameIn(file);
      const size = (this.#sizes.get(file) ?? 0) - HEAD - SEALING;
      // it is being written: its turn comes
      if (name !== undefined) dropped.push({ file, name, version: file.split('~')[0] ?? '', size });
    }
    return { newest: dropped, files: files.filter((file) => isPassed(file, dropped)) };
  }

  async read(file: string): Promise<Buffer> {
    const sealed = await readFile(join(this.#folder, file)).catch((error: unknown) => {
      if (isFileError(error, 'ENOENT'))
        throw new CertusError('item_gone', 'the report is not there any more');
      throw error;
    });
    return unseal(this.#keys.seal, `drop/${file}`, sealed.subarray(HEAD));
  }

  async remove(file: string): Promise<void> {
    await removeFile(join(this.#folder, file));
    this.#sizes.delete(file);
  }

  async #nameIn(file: string): Promise<string | undefined> {
    const handle = await open(join(this.#folder, file)).catch((error: unknown) => {
      if (isFileError(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (handle === undefined) return undefined;
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      const head = unseal(this.#keys.seal, `name/${file}`, buffer.subarray(0, bytesRead));
      return String(JSON.parse(head.toString('utf8')));
    } catch (error) {
      // one that is damaged is told as it is, and does not keep the others
      if (error instanceof CertusError) return `damaged-${file.split('~')[1]}`;
      throw error;
    } finally {
      await handle.close();
    }
  }
}

const FILE = /^\d{12}-[0-9a-f]{16}~[0-9a-f]{32}~[a-z0-9._-]{1,63}$/;
/** Room for the longest name, so that the length of a file tells nothing of it. */
const HEAD = 1024;

/** The newest of its name is listed, or one that came after it. */
const isPassed = (file: string, newest: readonly Dropped[]): boolean =>
  newest.some((one) => one.file.split('~')[1] === file.split('~')[1] && file <= one.file);
