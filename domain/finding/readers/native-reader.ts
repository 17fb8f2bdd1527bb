import { CertusError } from '../../../contracts/errors.ts';
import type { Location } from '../../../contracts/finding.ts';
import type { FindingDraft } from '../draft.ts';
import { concealed } from '../reading/conceal.ts';
import { isObject, type JsonObject, positionOf } from '../reading/json-values.ts';
import type { Problems } from '../reading/problems.ts';

export type ReaderContext = {
  readonly tool: string;
  /** A path of the report from the root of the source. */
  readonly path: (path: string) => string;
  readonly problems: Problems;
};

export type NativeReading = { readonly drafts: FindingDraft[]; readonly toolVersion: string | null };

/** Reads the parsed output of one tool. A report of another shape is an error, never an empty list. */
export type NativeReader = (report: unknown, context: ReaderContext) => NativeReading;

export const unlike = (format: string): CertusError =>
  new CertusError('report_invalid', `the report does not look like one of ${format}`);

/**
 * The entries of a list as drafts. One that cannot be read costs itself only, and is told by its place; `read` gives back
 * the secrets that the entry names, too, so that they are hidden.
 */
export function draftsOf(
  list: unknown,
  path: string,
  { problems }: ReaderContext,
  read: (entry: JsonObject) => FindingDraft | { draft: FindingDraft; secrets: readonly string[] } | undefined,
): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  for (const [at, entry] of (Array.isArray(list) ? list : []).entries()) {
    const entryRead = isObject(entry) ? read(entry) : undefined;
    if (entryRead === undefined)
      problems.add('malformed_result', 'the result cannot be understood', `${path}[${at}]`);
    else
      drafts.push(
        'draft' in entryRead ? concealed(entryRead.draft, entryRead.secrets) : concealed(entryRead),
      );
  }
  return drafts;
}

export const inFile = (path: string): Location => lines(path, null, null);

export function lines(path: string, start: unknown, end: unknown): Location {
  const first = positionOf(start);
  return {
    path,
    start_line: first,
    start_column: null,
    end_line: first === null ? null : Math.max(positionOf(end) ?? first, first),
    end_column: null,
  };
}
