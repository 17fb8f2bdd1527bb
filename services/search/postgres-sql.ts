import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import { Prisma } from '../database/generated/client.ts';
import { capturedBetween, type FilterField, givenFilters } from './paging.ts';
import type { Term, TextQuery } from './query.ts';

/** The only condition under which documents are read or removed: scope first, then who asks, then the filters. */
export function rowsOf(
  { tenant, workspace }: Scope,
  filters: SearchFilters = {},
  access: readonly string[] | undefined = undefined,
): Prisma.Sql {
  const narrowed = givenFilters(filters).map(({ field, values }) =>
    field === 'licenses'
      ? Prisma.sql`licenses && ${values}::text[]`
      : Prisma.sql`${COLUMNS[field]} = ANY(${values})`,
  );
  const { from, to } = capturedBetween(filters);
  return Prisma.join(
    [
      Prisma.sql`tenant = ${tenant}`,
      Prisma.sql`workspace = ${workspace}`,
      ...(access === undefined ? [] : [Prisma.sql`(labels = '{}' OR labels && ${[...access]}::text[])`]),
      ...narrowed,
      ...(from === undefined ? [] : [Prisma.sql`captured_at >= ${from}::timestamptz`]),
      ...(to === undefined ? [] : [Prisma.sql`captured_at < ${to}::timestamptz`]),
    ],
    ' AND ',
  );
}

/**
 * A tsquery built from words alone, so that no text of a user is ever parsed as one. Each term may match as it
 * stands or by its stem, as the documents were written.
 */
export function tsqueryOf({ alternatives }: TextQuery): Prisma.Sql {
  const groups = alternatives.map((terms) => Prisma.sql`(${Prisma.join(terms.map(tsqueryOfTerm), ' && ')})`);
  return Prisma.sql`(${Prisma.join(groups, ' || ')})`;
}

function tsqueryOfTerm({ words, prefix, negated }: Term): Prisma.Sql {
  const phrase = words.join(' ');
  const matching = prefix
    ? Prisma.sql`to_tsquery('simple', ${`${words.map((word) => `'${word}'`).join(' <-> ')}:*`})`
    : Prisma.sql`(phraseto_tsquery('simple', ${phrase}) || phraseto_tsquery('english', ${phrase}))`;
  return negated ? Prisma.sql`(!! ${matching})` : matching;
}

const COLUMNS: Record<Exclude<FilterField, 'licenses'>, Prisma.Sql> = {
  kind: Prisma.sql`kind`,
  severity: Prisma.sql`severity`,
  rule: Prisma.sql`rule`,
  tool: Prisma.sql`tool`,
  component: Prisma.sql`component`,
  test_id: Prisma.sql`test_id`,
  package: Prisma.sql`package`,
  source: Prisma.sql`source`,
  source_id: Prisma.sql`source_id`,
  ingestion_id: Prisma.sql`ingestion_id`,
  document_id: Prisma.sql`document_id`,
  language: Prisma.sql`language`,
};
