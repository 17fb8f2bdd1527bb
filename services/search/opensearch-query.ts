import { hash } from 'node:crypto';
import type { Scope } from '../../contracts/identifiers.ts';
import type { SearchFilters } from '../../contracts/search.ts';
import { capturedBetween, givenFilters } from './paging.ts';
import type { Term, TextQuery } from './query.ts';

export type Clause = Record<string, unknown>;

/** The only way to a document: two tenants that use one id still have two documents. */
export function documentKey({ tenant, workspace }: Scope, id: string): string {
  return hash('sha256', JSON.stringify([tenant, workspace, id]));
}

/** Part of every request that reads or removes: scope first, then who asks, then the filters. */
export function within(
  { tenant, workspace }: Scope,
  filters: SearchFilters = {},
  access: readonly string[] | undefined = undefined,
): Clause[] {
  const narrowed = givenFilters(filters).map(({ field, values }) => ({ terms: { [field]: values } }));
  const { from, to } = capturedBetween(filters);
  const time = { ...(from && { gte: from }), ...(to && { lt: to }) };
  return [
    { term: { tenant } },
    { term: { workspace } },
    ...(access === undefined ? [] : [visibleTo(access)]),
    ...narrowed,
    ...(Object.keys(time).length === 0 ? [] : [{ range: { captured_at: time } }]),
  ];
}

function visibleTo(labels: readonly string[]): Clause {
  return anyOf([{ bool: { must_not: [{ exists: { field: 'labels' } }] } }, { terms: { labels } }]);
}

/** Built from words alone: no text of a user is ever parsed by the engine's own query language. */
export function textClause({ alternatives }: TextQuery): Clause {
  return anyOf(
    alternatives.map((terms) => ({
      bool: {
        must: terms.filter((term) => !term.negated).map(termClause),
        must_not: terms.filter((term) => term.negated).map(termClause),
      },
    })),
  );
}

/** What is marked in the text of a hit. */
export function highlightClause(terms: readonly Term[]): Clause {
  return anyOf(terms.map(termClause));
}

function anyOf(clauses: readonly Clause[]): Clause {
  return { bool: { should: clauses, minimum_should_match: 1 } };
}

/** As it stands, or by its stem; what stands in a title or a rule weighs most, as in Postgres. */
const EXACT = ['title^4', 'rule.words^4', 'package.words^4', 'path^2', 'location^2', 'text'];
const STEMMED = ['title.stem^2', 'text.stem^0.5'];

function termClause({ words, prefix }: Term): Clause {
  const query = words.join(' ');
  if (!prefix)
    return { multi_match: { type: 'phrase', query, fields: [...EXACT, ...STEMMED], tie_breaker: 0.3 } };
  if (words.length > 1)
    return { multi_match: { type: 'phrase_prefix', query, fields: EXACT, max_expansions: 1_000 } };
  // A phrase prefix would stop after so many words of the whole index, other tenants' words among them.
  return anyOf(EXACT.map((field) => prefixClause(field, query)));
}

function prefixClause(field: string, value: string): Clause {
  const [name = field, boost = '1'] = field.split('^');
  return { prefix: { [name]: { value, boost: Number(boost) } } };
}
