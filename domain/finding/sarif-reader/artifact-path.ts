import {
  indexOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  ownValue,
  textOf,
} from '../reading/json-values.ts';
import { asRoot, normalised, relativeTo } from '../reading/source-path.ts';

/** Turns an artifactLocation into a path as people know it, from the source's root where that can be told. */
export type ArtifactPaths = (artifactLocation: unknown) => string | undefined;

/** A reference that leads to itself, or through thousands of others, is followed no further than this. */
const MAX_STEPS = 16;

/**
 * Paths of one run. A URI is relative to the base it names, bases to other bases, and an artifact in an archive to its
 * parent. What is absolute becomes relative to the first root that holds it; what lies elsewhere stays as it is written,
 * as text: nothing here is ever opened.
 */
export function createArtifactPaths(run: JsonObject, root: string | undefined): ArtifactPaths {
  const bases = objectOf(run.originalUriBaseIds);
  const artifacts = listOf(run.artifacts);
  const known = new Map<string, string | undefined>();

  const baseOf = (id: string, steps = 0): string => {
    const base = objectOf(ownValue(bases, id));
    const uri = textOf(base.uri) ?? '';
    const parent = textOf(base.uriBaseId);
    return parent === undefined || isAbsolute(uri) || steps >= MAX_STEPS
      ? uri
      : join(baseOf(parent, steps + 1), uri);
  };
  const roots = rootsOf(run, bases, baseOf, root);

  const uriOf = (location: JsonObject, steps = 0): string | undefined => {
    const uri = textOf(location.uri);
    const base = textOf(location.uriBaseId);
    if (uri !== undefined) return base === undefined || isAbsolute(uri) ? uri : join(baseOf(base), uri);
    const index = indexOf(location.index);
    if (index !== undefined && steps < MAX_STEPS) return artifactUri(artifacts[index], steps + 1);
    return base === undefined ? undefined : baseOf(base);
  };
  const artifactUri = (artifact: unknown, steps: number): string | undefined => {
    if (!isObject(artifact)) return undefined;
    const uri = uriOf(objectOf(artifact.location), steps);
    const parent = indexOf(artifact.parentIndex);
    if (parent === undefined || steps >= MAX_STEPS) return uri;
    const container = artifactUri(artifacts[parent], steps + 1);
    return container === undefined || uri === undefined
      ? uri
      : join(`${container}/`, uri.replace(/^\/+/, ''));
  };

  return (artifactLocation) => {
    if (!isObject(artifactLocation)) return undefined;
    const uri = uriOf(artifactLocation);
    if (uri === undefined) return undefined;
    if (!known.has(uri)) known.set(uri, relativeTo(pathOf(uri), roots));
    return known.get(uri);
  };
}

const isAbsolute = (uri: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|[\\/])/i.test(uri);

const join = (base: string, uri: string): string =>
  base === '' || base.endsWith('/') ? `${base}${uri}` : `${base}/${uri}`;

/**
 * Where the source lies, likeliest first: where we know it to be, where the run says its repository is, the bases that
 * are called the root, and the only base there is.
 */
function rootsOf(
  run: JsonObject,
  bases: JsonObject,
  baseOf: (id: string) => string,
  given: string | undefined,
): string[] {
  const ids = Object.keys(bases).slice(0, MAX_BASES);
  const named = ids.filter((id) =>
    /^%?(?:src|source|project|repo(?:sitory)?|workspace)?_?(?:root|dir|path)?%?$/i.test(id),
  );
  const tops = ids.filter((id) => textOf(objectOf(ownValue(bases, id)).uriBaseId) === undefined);
  const mapped = listOf(run.versionControlProvenance)
    .slice(0, MAX_BASES)
    .map((entry) => objectOf(objectOf(entry).mappedTo))
    .map(({ uri, uriBaseId }) =>
      textOf(uriBaseId) === undefined ? textOf(uri) : join(baseOf(String(uriBaseId)), textOf(uri) ?? ''),
    );
  const working = listOf(run.invocations)
    .slice(0, MAX_BASES)
    .map((entry) => textOf(objectOf(objectOf(entry).workingDirectory).uri));
  const only = tops.length === 1 ? tops : [];
  return [given, ...mapped, ...[...named, ...only].map((id) => baseOf(id)), ...working]
    .filter((uri): uri is string => uri !== undefined && isAbsolute(uri))
    .map((uri) => asRoot(pathOf(uri)))
    .filter((path) => path.length > 1);
}

const MAX_BASES = 100;

/** The path that a URI stands for; a web address stays one. */
function pathOf(uri: string): string {
  if (/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(uri)) return uri;
  const path = decoded(uri.replace(/^file:(?:\/\/[^/]*)?/i, ''));
  const slashed = path.includes('\\') && !path.includes('/') ? path.replaceAll('\\', '/') : path;
  return normalised(slashed.replace(/^\/(?=[a-z]:\/)/i, ''));
}

/** Names with a bare "%" are common; they are what they say. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
