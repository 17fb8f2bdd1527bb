import { Command } from 'commander';
import { certusVersion } from '../services/config/version.ts';
import { createContext, type Surroundings } from './context.ts';
import { advisoryCommands } from './words/advisories.ts';
import { documentCommands } from './words/documents.ts';
import { enrolmentCommands } from './words/enrol.ts';
import { evidenceCommands } from './words/evidence.ts';
import { findingCommands } from './words/findings.ts';
import { goldenCommands } from './words/golden.ts';
import { ingestCommands } from './words/ingest.ts';
import { keyCommands } from './words/keys.ts';
import { localCommands } from './words/local.ts';
import { logCommands } from './words/log.ts';
import { offlineCommands } from './words/offline.ts';
import type { Action } from './words/options.ts';
import { policyCommands } from './words/policy.ts';
import { provenanceCommands } from './words/provenance.ts';
import { pullCommands } from './words/pull.ts';
import { retentionCommands } from './words/retention.ts';
import { reviewCommands } from './words/reviews.ts';
import { sanitizeCommands } from './words/sanitize.ts';
import { scanControlCommands } from './words/scan-control.ts';
import { scanCommands } from './words/scans.ts';
import { scheduleCommands } from './words/schedules.ts';
import { searchCommands } from './words/search.ts';
import { signCommands } from './words/sign.ts';
import { sigstoreCommands } from './words/sigstore.ts';
import { subscriptionCommands } from './words/subscriptions.ts';

/** The words that are understood. A command gets a context and its options, and gives back an exit code. */
export function createProgram(surroundings: Surroundings, exit: (code: number) => void): Command {
  const program = new Command('certus')
    .description('Scan, sign, permit, publish, search.')
    .exitOverride()
    .version(certusVersion(), '--version', 'which release this is')
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'certus: usage: ').replaceAll(/\n(?=.)/g, ' ')),
    });

  /** Commander hands over arguments, options and itself; the format is taken out for the context. */
  const runs =
    <A extends unknown[]>(action: Action<A>) =>
    async (...given: unknown[]) => {
      const values = given.slice(0, -1) as A;
      const { output } = values.at(-1) as { output?: 'text' | 'json' };
      exit(await action(createContext(surroundings, output ?? 'text'), ...values));
    };

  for (const add of GROUPS) add({ program, runs });
  inheritSettings(program);
  return program;
}

/** In the order in which help shows them. */
const GROUPS = [
  localCommands,
  scanCommands,
  scanControlCommands,
  evidenceCommands,
  findingCommands,
  searchCommands,
  scheduleCommands,
  documentCommands,
  goldenCommands,
  retentionCommands,
  offlineCommands,
  sanitizeCommands,
  pullCommands,
  ingestCommands,
  policyCommands,
  reviewCommands,
  provenanceCommands,
  keyCommands,
  enrolmentCommands,
  signCommands,
  sigstoreCommands,
  logCommands,
  subscriptionCommands,
  advisoryCommands,
] as const;

/** Complaints of a command within a command are told the way all others are. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
