import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SupervisorRecord } from '../../contracts/supervisor-record.ts';

export function writeSupervisor(home: string, record: SupervisorRecord): void {
  writeFileSync(`${fileIn(home)}.draft`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${fileIn(home)}.draft`, fileIn(home));
}

/** For `certus config`: what is in force is more than what a person set. It holds the database's password. */
export function writeValues(home: string, values: Readonly<Record<string, string | undefined>>): void {
  writeFileSync(valuesIn(home), `${JSON.stringify(values, null, 2)}\n`, { mode: 0o600 });
}

export function removeSupervisor(home: string): void {
  rmSync(fileIn(home), { force: true });
  rmSync(valuesIn(home), { force: true });
}

/** Outlives a supervisor that was killed: who reads it asks whether that process lives. */
export function readSupervisor(home: string): SupervisorRecord | undefined {
  try {
    const parsed = SupervisorRecord.safeParse(JSON.parse(readFileSync(fileIn(home), 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const fileIn = (home: string) => join(home, 'run', 'supervisor.json');
const valuesIn = (home: string) => join(home, 'run', 'settings.json');
