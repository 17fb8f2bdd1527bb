import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SupervisorRecord } from '../contracts/supervisor-record.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { parseJson } from './parse-json.ts';

/** The folder of the embedded set: CERTUS_HOME, or `.certus` of the checkout that the command lies in. */
export function homeFolder(environment: NodeJS.ProcessEnv, checkout: string): string {
  return environment.CERTUS_HOME ? resolve(environment.CERTUS_HOME) : join(checkout, '.certus');
}

/** What the supervisor says of itself; `undefined` when none has started or the last one has ended. */
export function readSupervisor(home: string): SupervisorRecord | undefined {
  const file = join(home, 'run', 'supervisor.json');
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const parsed = SupervisorRecord.safeParse(parseJson(text));
  if (!parsed.success)
    throw new CommandError('state_unreadable', EXIT.configuration, `cannot make sense of ${file}`);
  return parsed.data;
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError('state_unreadable', EXIT.configuration, `cannot read ${file}: ${reason}`, error);
  }
}
