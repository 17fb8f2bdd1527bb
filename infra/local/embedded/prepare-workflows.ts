import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../checkout.ts';
import { privateFolder } from '../folders.ts';
import { runNode } from './run-node.ts';

/** What workflow code is made of. */
const ROOMS = ['contracts', 'domain', 'workflows'];

/**
 * Bundles the workflow code once for all workers, in a process of its own: a bundler needs more memory than everything
 * else here. The workers check the bundle by its content; by its age we only save the second it takes to ask.
 */
export async function prepareWorkflows(folder: string, signal: AbortSignal): Promise<void> {
  privateFolder(folder);
  if (newest(bundlesIn(folder)) > newest([join(CHECKOUT, 'package-lock.json'), ...ROOMS.flatMap(sources)]))
    return;
  await runNode('worker/bundle.ts', [folder], {}, signal);
}

const bundlesIn = (folder: string) =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.js') ? [join(folder, name)] : []));

/** Folders count as well: they change when a file goes. */
function sources(room: string): string[] {
  const folder = join(CHECKOUT, room);
  return [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ];
}

const newest = (files: readonly string[]) =>
  files
    .filter((file) => existsSync(file))
    .reduce((latest, file) => Math.max(latest, statSync(file).mtimeMs), 0);
