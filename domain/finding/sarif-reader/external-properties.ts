import { isObject, type JsonObject, listOf, objectOf, textOf } from '../reading/json-values.ts';
import type { Problems } from '../reading/problems.ts';

/**
 * The runs of a log, each with what the log keeps for it elsewhere in itself. Parts that lie in other files are not
 * fetched: they are said to be missing.
 */
export function runsWithTheirParts(log: JsonObject, problems: Problems): unknown[] {
  const parts = listOf(log.inlineExternalProperties).filter(isObject);
  const runs = listOf(log.runs);
  const taken = new Set<JsonObject>();
  const whole = runs.map((run, at) => {
    if (!isObject(run)) return run;
    const references = objectOf(run.externalPropertyFileReferences);
    const guids = new Set(
      Object.values(references)
        .flat()
        .map((reference) => objectOf(reference).guid)
        .filter((guid) => textOf(guid) !== undefined),
    );
    const elsewhere = Object.values(references)
      .flat()
      .filter((reference) => textOf(objectOf(objectOf(reference).location).uri) !== undefined);
    if (elsewhere.length > 0)
      problems.add(
        'external_properties',
        'parts of the run lie in other files, which are not read',
        `runs[${at}]`,
      );
    const runGuid = textOf(objectOf(run.automationDetails).guid);
    const own = parts.filter(
      (part) =>
        !taken.has(part) &&
        (guids.has(part.guid) ||
          (runGuid !== undefined && part.runGuid === runGuid) ||
          (runs.length === 1 && part.runGuid === undefined)),
    );
    for (const part of own) taken.add(part);
    return own.reduce(joined, run);
  });
  const left = parts.filter((part) => !taken.has(part) && listOf(part.results).length > 0);
  if (left.length > 0)
    problems.add(
      'external_properties',
      `${left.length} inline external properties belong to none of the runs; they are read as runs of their own`,
    );
  return [...whole, ...left.map((part) => joined({ tool: { driver: part.driver ?? {} } }, part))];
}

const LISTS = [
  'artifacts',
  'invocations',
  'logicalLocations',
  'results',
  'taxonomies',
  'threadFlowLocations',
] as const;

function joined(run: JsonObject, part: JsonObject): JsonObject {
  const lists = LISTS.filter((key) => Array.isArray(part[key])).map((key) => [
    key,
    [...listOf(run[key]), ...listOf(part[key])],
  ]);
  const tool = objectOf(run.tool);
  return {
    ...run,
    ...Object.fromEntries(lists),
    tool: {
      ...tool,
      driver: { ...objectOf(part.driver), ...objectOf(tool.driver) },
      extensions: [...listOf(tool.extensions), ...listOf(part.extensions)],
    },
  };
}
