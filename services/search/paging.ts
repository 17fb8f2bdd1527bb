import { CertusError } from '../../contracts/errors.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import { FUSION_DEPTH } from './ranking.ts';
import type { SearchQuery } from './search-index.ts';

export type Page = { readonly offset: number; readonly limit: number };

/** No engine pages without end; beyond this a question needs filters. */
const LAST_RESULT = 10_000;

export function pageOf({ offset = 0, limit }: SearchQuery): Page {
  const whole = Number.isInteger(offset) && Number.isInteger(limit) && offset >= 0 && limit >= 1;
  if (!whole || offset + limit > LAST_RESULT) {
    throw new CertusError(
      'invalid_request',
      `A search answers the first ${LAST_RESULT} results, a page at a time.`,
    );
  }
  return { offset, limit };
}

/** What both rankings of a fused search are read as. */
export const FUSION_PAGE: Page = { offset: 0, limit: FUSION_DEPTH };

/** Fields of the filters as documents name them; an empty list narrows nothing. */
export function givenFilters(filters: SearchFilters = {}): { field: FilterField; values: string[] }[] {
  return FILTER_FIELDS.flatMap((field) => {
    const values = filters[field] ?? [];
    return values.length === 0 ? [] : [{ field, values: [...values] }];
  });
}

/** When what is asked for was captured: from the first moment, before the second. */
export function capturedBetween({ captured_from, captured_to }: SearchFilters): {
  from?: string;
  to?: string;
} {
  return {
    ...(captured_from === undefined ? {} : { from: new Date(captured_from).toISOString() }),
    ...(captured_to === undefined ? {} : { to: new Date(captured_to).toISOString() }),
  };
}

/** Without this a slip of a caller would empty a workspace: also by a list that turned out to be empty. */
export function refuseRemovingAll(filters: SearchFilters): void {
  const given = Object.values(filters).filter((value) => value !== undefined);
  if (given.length === 0 || given.some((value) => value.length === 0)) {
    throw new CertusError('invalid_request', 'Removing from the index needs filters, and a value for each.');
  }
}

const FILTER_FIELDS = [
  'kind',
  'severity',
  'rule',
  'tool',
  'component',
  'test_id',
  'package',
  'licenses',
  'source',
  'source_id',
  'ingestion_id',
  'document_id',
  'language',
] as const satisfies (keyof SearchFilters)[];
export type FilterField = (typeof FILTER_FIELDS)[number];
