import type { RecordKind } from '../../contracts/index-record.ts';

/** What an item says, as it is to be found; nobody has looked for personal data in it yet. */
export type Draft = {
  readonly kind: RecordKind;
  /** The same for the same thing each time that its item is read: what is no more of it can go. */
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly tool?: string;
  readonly path?: string;
  readonly package?: string;
  readonly packageVersion?: string;
  readonly licenses?: readonly string[];
  /** Where in the item: a page, a sheet, a line, a function. */
  readonly place?: string;
  readonly extra?: Readonly<Record<string, string | number | boolean>>;
};
