import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildTask } from './artifact.ts';
import { which } from './find-command.ts';
import { findJdk } from './java.ts';
import { runCommand } from './run-command.ts';

/** What a recipe that uses Maven and this JDK lacks here. */
export function lacksMaven(feature: number): string | undefined {
  if (findJdk(feature) === undefined) return `no JDK ${feature} or later is installed`;
  if (which('mvn') === undefined) return 'Maven (mvn) is not installed';
  return undefined;
}

/** Copies what a pom's dependencies name into `<folder>/lib`: jars as they are, zips unpacked. */
export async function copyDependencies(
  pomText: string,
  folder: string,
  feature: number,
  task: BuildTask,
): Promise<void> {
  const lib = join(folder, 'lib');
  // Maven notes beside the pom what it has unpacked, and would skip it in the next build.
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, pomText);
  const maven = (goal: string, ...properties: string[]) =>
    runCommand('mvn', ['-q', '-B', '-f', pom, goal, `-DoutputDirectory=${lib}`, ...properties], {
      cwd: folder,
      env: { JAVA_HOME: findJdk(feature) },
      signal: task.signal,
    });
  await maven('dependency:copy-dependencies', '-DincludeScope=runtime', '-DincludeTypes=jar');
  await maven('dependency:unpack-dependencies', '-DincludeTypes=zip');
  for (const scrap of [pom, join(folder, 'target')]) await rm(scrap, { recursive: true, force: true });
}
