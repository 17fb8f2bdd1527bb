import type { Location } from '../../../contracts/finding.ts';
import {
  indexOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  positionOf,
  textOf,
} from '../reading/json-values.ts';
import type { ArtifactPaths } from './artifact-path.ts';

/** How many other places, and how many steps of how many ways, are kept of one result. */
export const MAX_PLACES = { related: 100, flows: 10, steps: 200 } as const;

export function locationOf(location: unknown, paths: ArtifactPaths): Location | null {
  const physical = objectOf(objectOf(location).physicalLocation);
  const path = paths(physical.artifactLocation);
  return path === undefined ? null : { path, ...regionOf(physical.region) };
}

/** A region that is given in bytes or characters, or wrongly, has no lines: the finding then is about the file. */
function regionOf(given: unknown): Omit<Location, 'path'> {
  const region = objectOf(given);
  const line = positionOf(region.startLine);
  if (line === null) return { start_line: null, start_column: null, end_line: null, end_column: null };
  const end = Math.max(positionOf(region.endLine) ?? line, line);
  const startColumn = positionOf(region.startColumn);
  const endColumn = positionOf(region.endColumn);
  const backwards = end === line && startColumn !== null && endColumn !== null && endColumn < startColumn;
  return {
    start_line: line,
    start_column: startColumn,
    end_line: end,
    end_column: backwards ? startColumn : endColumn,
  };
}

/** The text of the region; of its surroundings only the line itself, which edits nearby leave as it is. */
export function snippetOf(location: unknown): string | null {
  const physical = objectOf(objectOf(location).physicalLocation);
  const own = snippetText(physical.region);
  if (own !== undefined) return own;
  const around = snippetText(physical.contextRegion);
  if (around === undefined) return null;
  const first = positionOf(objectOf(physical.contextRegion).startLine);
  const line = positionOf(objectOf(physical.region).startLine);
  if (first === null || line === null) return null;
  return around.slice(0, MAX_CONTEXT).split(/\r?\n/)[line - first] ?? null;
}

const MAX_CONTEXT = 100_000;

function snippetText(region: unknown): string | undefined {
  const { text, rendered } = objectOf(objectOf(region).snippet);
  return textOf(text) ?? textOf(objectOf(rendered).text);
}

/** Each code flow is the way of one value; a flow of several threads is told thread by thread. */
export function flowsOf(result: JsonObject, run: JsonObject, paths: ArtifactPaths): Location[][] {
  const shared = listOf(run.threadFlowLocations);
  return listOf(result.codeFlows)
    .slice(0, MAX_PLACES.flows)
    .flatMap((flow) => listOf(objectOf(flow).threadFlows).slice(0, MAX_PLACES.flows))
    .slice(0, MAX_PLACES.flows)
    .map((thread) =>
      listOf(objectOf(thread).locations)
        .slice(0, MAX_PLACES.steps)
        .map((step) => {
          const index = indexOf(objectOf(step).index);
          const { location } = objectOf(step);
          return locationOf(
            location ?? (index === undefined ? undefined : objectOf(shared[index]).location),
            paths,
          );
        })
        .filter((location) => location !== null),
    )
    .filter((steps) => steps.length > 0);
}

/** Where in the program, for results that name no file. */
export function logicalNameOf(location: unknown, run: JsonObject): string | undefined {
  const [logical] = listOf(objectOf(location).logicalLocations);
  if (!isObject(logical)) return undefined;
  const all = listOf(run.logicalLocations);
  const names: string[] = [];
  let at: JsonObject | undefined = logical;
  for (let step = 0; step < MAX_DEPTH && at !== undefined; step += 1) {
    const index = indexOf(at.index);
    const whole: JsonObject =
      textOf(at.fullyQualifiedName) === undefined && index !== undefined
        ? { ...objectOf(all[index]), ...at }
        : at;
    const full = textOf(whole.fullyQualifiedName);
    if (full !== undefined) return [full, ...names].join('.').slice(0, 512);
    const name = textOf(whole.name);
    if (name !== undefined) names.unshift(name);
    const parent = indexOf(whole.parentIndex);
    at = parent === undefined ? undefined : objectOf(all[parent]);
  }
  return names.length === 0 ? undefined : names.join('.').slice(0, 512);
}

const MAX_DEPTH = 16;
