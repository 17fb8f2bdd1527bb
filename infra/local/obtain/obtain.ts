import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { reasonOf } from '../reason-of.ts';
import type { Artifact, BuildTask, Lookup, Recipe } from './artifact.ts';
import { addToCache, cachedFile, cacheFolder } from './cache.ts';
import { findCommand, isExecutable } from './find-command.ts';

export type Availability =
  | { readonly state: 'present'; readonly path: string }
  | { readonly state: 'buildable'; readonly seconds: number; readonly what: string }
  | { readonly state: 'unobtainable'; readonly reason: string };

/** Where it is, or how it could be had; builds nothing. */
export async function availability(artifact: Artifact): Promise<Availability> {
  const missing = artifact.runtime?.();
  const found = await find(artifact);
  if (missing !== undefined) return unobtainable(artifact, [missing]);
  if ('path' in found) return { state: 'present', path: found.path };
  if (found.final) return unobtainable(artifact, found.reasons);
  const recipe = artifact.recipes.find(({ lacks }) => lacks() === undefined);
  if (recipe !== undefined) return { state: 'buildable', seconds: recipe.seconds, what: recipe.what };
  return unobtainable(artifact, [...found.reasons, ...artifact.recipes.map(whyNot)]);
}

/** Thrown with what was tried, why it failed, and the ways that are left. */
export class Unobtainable extends Error {
  override readonly name = 'Unobtainable';
}

/** The path of the artifact's file, built first when it is missing and `build` allows it. */
export async function obtain(
  artifact: Artifact,
  options: BuildTask & { readonly build: boolean },
): Promise<string> {
  const before = await availability(artifact);
  if (before.state === 'present') return before.path;
  if (before.state === 'unobtainable') throw new Unobtainable(before.reason);
  if (!options.build) {
    throw new Unobtainable(
      `${title(artifact)} is not here yet; \`${before.what}\` would get it in about ${before.seconds} s`,
    );
  }
  return buildByFirstRecipe(artifact, options);
}

async function buildByFirstRecipe(artifact: Artifact, task: BuildTask): Promise<string> {
  const reasons: string[] = [];
  for (const recipe of artifact.recipes) {
    const lacking = recipe.lacks();
    if (lacking !== undefined) {
      reasons.push(whyNot(recipe));
      continue;
    }
    task.report(`getting ${title(artifact)}: ${recipe.what} (about ${recipe.seconds} s, once)`);
    const since = Date.now();
    const beat = setInterval(
      () =>
        task.report(
          `getting ${title(artifact)}: still at it after ${Math.round((Date.now() - since) / 1000)} s`,
        ),
      BEAT_MS,
    );
    try {
      return await addToCache(artifact, (folder) => recipe.build(folder, task), task.report, task.signal);
    } catch (error) {
      task.signal?.throwIfAborted();
      reasons.push(`${recipe.what}: ${reasonOf(error)}`);
    } finally {
      clearInterval(beat);
    }
  }
  throw new Unobtainable(explain(artifact, [...(await whereItIsNot(artifact)), ...reasons]));
}

type Found = { readonly path: string } | { readonly reasons: string[]; readonly final: boolean };

/** A path that a person named is the only place looked at: silently using another one would hide the mistake. */
async function find(artifact: Artifact): Promise<Found> {
  const named = process.env[artifact.variable];
  if (named) {
    const usable = isAbsolute(named) && (isExecutable(named) || isFolder(named));
    return usable
      ? { path: named }
      : { reasons: [`${artifact.variable}=${named} is not the absolute path of an executable`], final: true };
  }
  const reasons: string[] = [];
  const lookups: (() => Lookup | Promise<Lookup>)[] = [
    ...(artifact.packaged === undefined ? [] : [artifact.packaged]),
    ...artifact.commands.map((command) => () => findCommand(command)),
    ...(artifact.recipes.length === 0 ? [] : [() => inCache(artifact)]),
  ];
  for (const look of lookups) {
    const result = await look();
    if ('path' in result) return result;
    reasons.push(result.reason);
  }
  return { reasons, final: false };
}

async function whereItIsNot(artifact: Artifact): Promise<string[]> {
  const found = await find(artifact);
  return 'reasons' in found ? found.reasons : [];
}

function inCache(artifact: Artifact): Lookup {
  const path = cachedFile(artifact);
  return path === undefined ? { reason: 'it has not been built on this machine yet' } : { path };
}

function unobtainable(artifact: Artifact, reasons: readonly string[]): Availability {
  return { state: 'unobtainable', reason: explain(artifact, reasons) };
}

function explain(artifact: Artifact, reasons: readonly string[]): string {
  const commands = artifact.commands.map(({ command }) => command).join(' or ');
  const needs = artifact.recipes.map((recipe) => recipe.needs).join(', or ');
  const ways = [
    ...(commands === '' ? [] : [`put ${commands} ${artifact.version} on PATH`]),
    `set ${artifact.variable} to its absolute path`,
    ...(needs === ''
      ? ['install the packages of this checkout anew: npm ci']
      : [`start again on a machine with ${needs}: it is fetched once and kept in ${cacheFolder()}`]),
  ];
  return [
    `${title(artifact)} cannot be had on this machine.`,
    'Tried:',
    ...reasons.map((reason) => `  - ${reason}`),
    'Ways to get it:',
    ...ways.map((way, index) => `  ${index + 1}. ${way}`),
  ].join('\n');
}

const whyNot = (recipe: Recipe) => `${recipe.what}: ${recipe.lacks()}`;
const title = ({ name, version }: Artifact) => `${name} ${version}`;
const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const BEAT_MS = 20_000;
