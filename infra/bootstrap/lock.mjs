import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './process-identity.mjs';

/**
 * A lock between processes with nothing but files, for a Node that has no other. Each holder adds a numbered file, and
 * the highest number decides. Nobody ever removes the file of a live holder: whoever finds the highest one released,
 * or its holder dead, competes for the next number, which only one can create.
 */
export async function acquireLock(folder, waiting) {
  mkdirSync(folder, { recursive: true });
  for (let announced = false; ; ) {
    const highest = numbers(folder).at(-1) ?? 0;
    const holder = highest === 0 ? undefined : holderOf(folder, highest);
    if (holder === undefined && take(folder, highest + 1))
      return { release: () => release(folder, highest + 1) };
    if (holder !== undefined && !announced) {
      waiting(holder);
      announced = true;
    }
    await sleep(100);
  }
}

/** The file appears with its content or not at all, and for one process only. */
function take(folder, number) {
  const draft = join(folder, `draft.${process.pid}`);
  writeFileSync(draft, JSON.stringify({ pid: process.pid, started: identityOf(process.pid) }));
  try {
    linkSync(draft, fileOf(folder, number));
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const all = numbers(folder);
  if (all.at(-1) !== number) {
    // We were so slow that others took and gave back higher numbers meanwhile, and tidied ours away.
    rmSync(fileOf(folder, number), { force: true });
    return false;
  }
  for (const lower of all.slice(0, -1)) rmSync(fileOf(folder, lower), { force: true });
  return true;
}

/** Emptied, not removed: the number must not be given out a second time. */
const release = (folder, number) => writeFileSync(fileOf(folder, number), '');

/** The process that holds a number; `undefined` when it was released or its holder is dead. */
function holderOf(folder, number) {
  try {
    const { pid, started } = JSON.parse(readFileSync(fileOf(folder, number), 'utf8'));
    return identityOf(pid) === started ? pid : undefined;
  } catch (error) {
    // Empty, or tidied away by a holder of a higher number, which the next look will find.
    if (error instanceof SyntaxError || error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const PREFIX = 'holder.';
const fileOf = (folder, number) => join(folder, `${PREFIX}${number}`);

function numbers(folder) {
  return readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => Number(name.slice(PREFIX.length)))
    .sort((a, b) => a - b);
}
