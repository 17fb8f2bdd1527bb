import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stopGroup } from './kill.ts';
import { processIdentity } from './process-identity.ts';
import type { Program, Report } from './program.ts';

const ProcessRecord = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  identity: z.string(),
  order: z.number().int(),
  signal: z.custom<NodeJS.Signals>((value) => typeof value === 'string' && value.startsWith('SIG')),
  grace_seconds: z.number(),
});
type ProcessRecord = z.infer<typeof ProcessRecord>;

/** Written at once after a process was started, so that a supervisor that is killed leaves a trail to follow. */
export function recordProcess(folder: string, program: Program, pid: number, order: number): void {
  const identity = processIdentity(pid);
  if (identity === undefined) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const record: ProcessRecord = {
    name: program.name,
    pid,
    identity,
    order,
    signal: program.stop.signal,
    grace_seconds: program.stop.graceSeconds,
  };
  const draft = `${recordFile(folder, program.name)}.draft`;
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, recordFile(folder, program.name));
}

export function forgetProcess(folder: string, name: string): void {
  rmSync(recordFile(folder, name), { force: true });
}

/** Stops what a killed supervisor left running, last started first. A number that another process has by now is left alone. */
export async function stopLeftovers(folder: string, report: Report): Promise<void> {
  const records = readRecords(folder).sort((a, b) => b.order - a.order);
  for (const { name, pid, identity, signal, grace_seconds } of records) {
    const gone = () => processIdentity(pid) !== identity;
    if (!gone()) {
      report(`stopping ${name} (pid ${pid}), left behind by a supervisor that was killed`);
      await stopGroup(pid, { signal, graceSeconds: grace_seconds }, gone);
    }
    forgetProcess(folder, name);
  }
}

function readRecords(folder: string): ProcessRecord[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .flatMap((file) => {
      const parsed = ProcessRecord.safeParse(readJson(join(folder, file)));
      return parsed.success ? [parsed.data] : [];
    });
}

/** A torn record (power went while it was written) names no process that could still be alive. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const SUFFIX = '.process.json';
const recordFile = (folder: string, name: string) => join(folder, `${name}${SUFFIX}`);
