/**
 * How many parts a schema has once its references are put in their place, none of which leads to another one: a definition
 * that is named a hundred times is applied a hundred times. Walks no data twice and follows no circle.
 */
export function partsOf(schema: Readonly<Record<string, unknown>>): number {
  const { $defs: definitions = {} } = schema;
  const known = new Map<string, number>();
  const definition = (name: string): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, 0);
    const parts = count((definitions as Readonly<Record<string, unknown>>)[name]);
    known.set(name, parts);
    return parts;
  };
  const count = (part: unknown): number => {
    if (typeof part !== 'object' || part === null) return 1;
    let parts = 1;
    for (const [word, value] of Object.entries(part))
      parts +=
        word === '$ref' && typeof value === 'string'
          ? definition(value.replace('#/$defs/', ''))
          : count(value);
    return parts;
  };
  return count(schema);
}

/** How much there is to look at in what a schema is applied to: values, and texts by their length. However deep it is. */
export function weightOf(value: unknown): number {
  let weight = 0;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    weight += 1;
    if (typeof next === 'string') weight += next.length / CHARACTERS;
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, part] of Object.entries(next)) {
      weight += name.length / CHARACTERS;
      waiting.push(part);
    }
  }
  return weight;
}

/** As many are read in the time that it takes to apply a word to a value. */
const CHARACTERS = 100;
