/** One thing that is wrong with a manifest, before anybody knows on which line it stands. */
export type Fault = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether the key is wrong or what it holds: the line that is named is the one to change. */
  readonly of: 'key' | 'value';
  readonly kind: 'tool' | 'other';
};

/** Lines and columns count from one, as editors do. */
export type LocatedFault = Omit<Fault, 'of'> & { readonly line: number; readonly column: number };
