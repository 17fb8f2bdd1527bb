import type { Notice } from '../../contracts/scan.ts';

/** How many skipped files are named one by one; the rest are counted. */
const NAMED = 50;

const WHY = {
  symlink: 'symbolic links are not followed',
  hardlink: 'hard links are not followed',
  submodule: 'submodules are not fetched unless that is asked for',
  submodule_unknown: '.gitmodules has no URL for this submodule',
  lfs_pointer: 'its content is in Git LFS, only the pointer to it is here',
  special_file: 'it is neither a file nor a folder',
  file_too_large: 'it is larger than the limit',
  unreadable: 'it cannot be read',
  name_not_text: 'its name is not UTF-8',
  name_unsafe: 'its name could lead to another place',
  path_too_long: 'its path is too long or too deep',
  sparse_file: 'it is stored as a sparse file',
  encrypted: 'it is encrypted',
  compression_unknown: 'it is compressed in a way that is not known',
  layer_without_name: 'it is neither a layer of files nor a named file',
  binary: 'it is not text',
  minified: 'it is minified or generated',
  not_parsed: 'it cannot be parsed',
  partly_parsed: 'parts of it cannot be parsed',
  excluded: 'the manifest leaves it out',
} as const;
export type SkipCode = keyof typeof WHY;

/** Collects what is left out of a scan: nothing is skipped in silence, and nobody can flood the record with it. */
export class Skipped {
  readonly #notices: Notice[] = [];
  readonly #more = new Map<SkipCode, number>();

  add(code: SkipCode, path: string): void {
    if (this.#notices.length < NAMED)
      this.#notices.push({ code, message: `not scanned: ${WHY[code]}`, path: path.slice(0, 1024) });
    else this.#more.set(code, (this.#more.get(code) ?? 0) + 1);
  }

  notices(): Notice[] {
    const counted = [...this.#more].map(([code, count]) => ({
      code,
      message: `not scanned: ${count} more files, ${WHY[code]}`,
    }));
    return [...this.#notices, ...counted];
  }
}
