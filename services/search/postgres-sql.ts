import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import { Prisma } from '../database/generated/client.ts';
import { type FilterField, givenFilters } from './paging.ts';
import type { Term, TextQuery } from './query.ts';

/** The only condition under which documents are read or removed: scope first, then the filters. */
export function rowsOf({ tenant, workspace }: Scope, filters: SearchFilters = {}): Prisma.Sql {
  const narrowed = givenFilters(filters).map(
    ({ field, values }) => Prisma.sql`${COLUMNS[field]} = ANY(${values})`,
  );
  return Prisma.join(
    [Prisma.sql`tenant = ${tenant}`, Prisma.sql`workspace = ${workspace}`, ...narrowed],
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

const COLUMNS: Record<FilterField, Prisma.Sql> = {
  kind: Prisma.sql`kind`,
  severity: Prisma.sql`severity`,
  rule: Prisma.sql`rule`,
  tool: Prisma.sql`tool`,
  component: Prisma.sql`component`,
  test_id: Prisma.sql`test_id`,
};
