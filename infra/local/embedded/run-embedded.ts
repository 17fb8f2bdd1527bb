import { join } from 'node:path';
import type { SupervisorRecord } from '../../../contracts/supervisor-record.ts';
import { EXIT } from '../exit-codes.ts';
import { openHome } from '../home.ts';
import { Ports } from '../ports.ts';
import { reasonOf } from '../reason-of.ts';
import { Supervisor } from '../supervise/supervisor.ts';
import { removeSupervisor, writeSupervisor } from '../supervisor-record.ts';
import type { Voice } from '../voice.ts';
import type { Arguments } from './arguments.ts';
import { Interrupted, type Interruption, watchForInterruption } from './interruption.ts';
import { scanAndServe } from './scan-and-serve.ts';
import { startEmbedded } from './start-embedded.ts';
import { type Given, readGiven } from './surroundings.ts';

/** Starts everything, does what was asked for, and stops everything again, whatever happens in between. */
export async function runEmbedded(wanted: Arguments, home: string, voice: Voice): Promise<number> {
  const given = readGiven(process.env);
  const lock = openHome(home);
  const interruption = watchForInterruption();
  const { report } = voice;
  const record = { started_at: new Date().toISOString(), state: 'starting' } as SupervisorRecord;
  const note = () => noteDown(home, { ...record, pid: process.pid, children: supervisor.children() }, report);
  const supervisor: Supervisor = new Supervisor({ home, report, changed: note });
  try {
    await supervisor.stopLeftovers();
    const ports = new Ports(join(home, 'run', 'ports.json'));
    const apiPort = await takeApiPort(ports, given);
    const usual = given.settings.CERTUS_API_PORT;
    if (apiPort !== usual)
      report(
        `the API uses port ${apiPort}: ${usual} is, or was, taken; CERTUS_API_PORT=${usual} asks for it again`,
      );
    record.addresses = addressesOf(given, apiPort);
    note();
    const { signal } = interruption;
    const embedded = await startEmbedded({ home, given, ports, apiPort, supervisor, report, signal });
    record.state = 'ready';
    record.addresses = addressesOf(given, apiPort, embedded.temporalUi);
    note();
    return await scanAndServe(wanted, { home, embedded, addresses: record.addresses, voice, interruption });
  } catch (error) {
    return exitCodeOf(error, interruption);
  } finally {
    record.state = 'stopping';
    if (interruption.signal.aborted) report('stopping everything');
    await supervisor.stop();
    removeSupervisor(home);
    lock.release();
  }
}

/** Much fails when we are told to stop in the middle of something; none of that is worth a message. */
function exitCodeOf(error: unknown, { signal }: Interruption): number {
  if (!signal.aborted) throw error;
  if (signal.reason instanceof Interrupted) return EXIT.interrupted;
  throw signal.reason;
}

/** A disk that is full must not end the supervision of what still runs. */
function noteDown(home: string, record: SupervisorRecord, report: Voice['report']): void {
  try {
    writeSupervisor(home, record);
  } catch (error) {
    report(`cannot note down the state: ${reasonOf(error)}`);
  }
}

function takeApiPort(ports: Ports, { settings, isSet }: Given): Promise<number> {
  const port = settings.CERTUS_API_PORT;
  const setting = 'CERTUS_API_PORT';
  return ports.take('api', isSet(setting) ? { fixed: { port, setting } } : { preferred: port });
}

function addressesOf({ settings }: Given, port: number, temporalUi?: string): SupervisorRecord['addresses'] {
  const everywhere = ['0.0.0.0', '::'].includes(settings.CERTUS_API_HOST);
  const api = `http://${everywhere ? '127.0.0.1' : settings.CERTUS_API_HOST}:${port}`;
  return { api, docs: `${api}/docs`, ...(temporalUi === undefined ? {} : { temporal_ui: temporalUi }) };
}
