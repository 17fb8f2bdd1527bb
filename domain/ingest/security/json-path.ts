import { JSONPathEnvironment, JSONPathError, type JSONPathQuery, type JSONValue } from 'json-p3';

/** A path as RFC 9535 has it, or as people shorten it; what could keep us busy for long is a fault. */
export function compilePath(given: string): { readonly query?: JSONPathQuery; readonly fault?: string } {
  const text = given.trim();
  if (text === '') return {};
  const path = text.startsWith('$') ? text : text.startsWith('@') ? `$${text.slice(1)}` : `$.${text}`;
  // each goes through all that is below: of several the work is a power
  if (path.split('..').length - 1 > MOST_DESCENTS)
    return { fault: 'a path goes down through everything more than once' };
  if (path.split('?').length - 1 > MOST_FILTERS) return { fault: 'a path has too many filters' };
  try {
    return { query: ENVIRONMENT.compile(path) };
  } catch (error) {
    if (error instanceof JSONPathError)
      return { fault: `a path is no JSONPath: ${error.message.slice(0, 120)}` };
    throw error;
  }
}

/** How much of a document a query with `..` may go through. */
const DEEPEST = 200;

/** Without the functions of regular expressions, which a text can keep busy for ever. */
class BoundedEnvironment extends JSONPathEnvironment {
  protected override setupFilterFunctions(): void {
    super.setupFilterFunctions();
    for (const name of ['match', 'search']) this.functionRegister.delete(name);
  }
}

const ENVIRONMENT = new BoundedEnvironment({ maxRecursionDepth: DEEPEST });
const MOST_DESCENTS = 1;
const MOST_FILTERS = 2;

export function firstAt(query: JSONPathQuery, root: JSONValue): JSONValue | undefined {
  try {
    for (const { value } of query.lazyQuery(root)) return value;
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
  }
  return undefined;
}
