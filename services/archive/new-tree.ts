import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CertusError, type ErrorCode } from '../../contracts/errors.ts';
import { onDisk } from '../files/failure.ts';
import type { ArchiveEntry, LeaveOut } from './entry.ts';
import { treePath } from './tree-path.ts';

export type TreeLimits = {
  readonly maxFileBytes: number;
  readonly maxBytes: number;
  /** Of files; and, each for itself, of folders and of entries that are left out. */
  readonly maxFiles: number;
};

/** Which errors a tree that cannot be made ends in. */
export type TreeFaults = { readonly tooLarge: ErrorCode; readonly conflict: ErrorCode };

/**
 * A folder that is filled with files whose names, sizes and order come from somewhere else. Only plain files and
 * folders are made, all of them below the folder, and nothing is ever written twice or through a link.
 */
export class NewTree {
  readonly folder: string;
  readonly #limits: TreeLimits;
  readonly #leaveOut: LeaveOut;
  readonly #faults: TreeFaults;
  /** Every path that was named, also of entries that were left out: whoever unpacks them would see the conflict. */
  readonly #named = new Map<string, 'file' | 'folder'>();
  readonly #made = new Set<string>();
  #files = 0;
  #folders = 0;
  #bytes = 0;

  constructor(folder: string, limits: TreeLimits, leaveOut: LeaveOut, faults: TreeFaults = OF_ARCHIVES) {
    this.folder = folder;
    this.#limits = limits;
    this.#leaveOut = leaveOut;
    this.#faults = faults;
  }

  get written(): { readonly files: number; readonly bytes: number; readonly folders: number } {
    return { files: this.#files, bytes: this.#bytes, folders: this.#folders };
  }

  async add(entry: ArchiveEntry): Promise<void> {
    if (entry.name === undefined) return this.#leaveOut('name_not_text', entry.shown);
    const place = treePath(entry.name);
    if (place === 'git' || (place === 'top' && entry.kind === 'folder')) return;
    if (place === 'top') return this.#leaveOut('name_unsafe', entry.shown);
    if ('leftOut' in place) return this.#leaveOut(place.leftOut, entry.shown);
    const { path } = place;
    if (entry.kind === 'folder') return this.#claim(path, 'folder');
    this.#claim(path, 'file');
    if (entry.kind !== 'file') return this.#leaveOut(entry.kind, path);
    if (entry.size > this.#limits.maxFileBytes) return this.#leaveOut('file_too_large', path);
    this.#files += 1;
    // by what it promises first: what would be too much is not even begun
    this.#bytes += entry.size;
    this.#requireWithin();
    await this.#write(path, entry);
  }

  #claim(path: string, kind: 'file' | 'folder'): void {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1))
      this.#claimOne(path.slice(0, end), 'folder');
    this.#claimOne(path, kind);
  }

  #claimOne(path: string, kind: 'file' | 'folder'): void {
    const before = this.#named.get(path);
    if (before === 'folder' && kind === 'folder') return;
    if (before !== undefined)
      throw new CertusError(
        this.#faults.conflict,
        `${shown(path)} is there twice, and readers would disagree`,
      );
    this.#named.set(path, kind);
    if (kind === 'folder') this.#folders += 1;
    if (this.#folders > this.#limits.maxFiles || this.#named.size > 3 * this.#limits.maxFiles)
      throw new CertusError(this.#faults.tooLarge, `there are more than ${this.#limits.maxFiles} names`);
  }

  #requireWithin(): void {
    const { maxFiles, maxBytes } = this.#limits;
    if (this.#files > maxFiles)
      throw new CertusError(this.#faults.tooLarge, `there are more than ${maxFiles} files`);
    if (this.#bytes > maxBytes)
      throw new CertusError(this.#faults.tooLarge, `there are more than ${maxBytes} bytes`);
  }

  async #write(path: string, { size, executable, body }: ArchiveEntry): Promise<void> {
    const target = join(this.folder, path);
    const folder = dirname(target);
    const doing = 'write a file of a source';
    await onDisk(doing, async () => {
      if (!this.#made.has(folder)) await mkdir(folder, { recursive: true });
      this.#made.add(folder);
    });
    const file = await onDisk(doing, () => open(target, 'wx', executable ? 0o700 : 0o600));
    try {
      let written = 0;
      for await (const chunk of body()) {
        written += chunk.length;
        if (written > size) break;
        await onDisk(doing, () => file.writeFile(chunk));
      }
      if (written !== size)
        throw new CertusError(
          this.#faults.conflict,
          `${shown(path)} does not have the size it was said to have`,
        );
    } finally {
      await file.close();
    }
  }
}

const OF_ARCHIVES: TreeFaults = { tooLarge: 'archive_too_large', conflict: 'archive_invalid' };

const shown = (path: string): string => JSON.stringify(path.slice(0, 200));
