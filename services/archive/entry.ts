/** What an archive says about one of its entries. Nothing of it is believed before `NewTree` has looked at it. */
export type ArchiveEntry = {
  /** `undefined` for a name that is not UTF-8. */
  readonly name: string | undefined;
  /** The name as far as it can be shown. */
  readonly shown: string;
  readonly kind: 'file' | 'folder' | EntryLeftOut;
  readonly size: number;
  readonly executable: boolean;
  /** To be read before the next entry is asked for, or not at all. */
  readonly body: () => AsyncIterable<Uint8Array>;
};

/** Entries that are no plain file and no folder: recorded, and never made. */
export type EntryLeftOut =
  | 'symlink'
  | 'hardlink'
  | 'special_file'
  | 'sparse_file'
  | 'encrypted'
  | 'compression_unknown';

/** Why something of a tree was left out. */
export type LeftOut = EntryLeftOut | 'name_not_text' | 'name_unsafe' | 'path_too_long' | 'file_too_large';

export type LeaveOut = (code: LeftOut, path: string) => void;
