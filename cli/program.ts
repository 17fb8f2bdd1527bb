import type { Command } from 'commander';
import type { Surroundings } from './context.ts';
import { programOf } from './program-of.ts';
import { advisoryCommands } from './words/advisories.ts';
import { agentCommands } from './words/agent.ts';
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

/** Every word that is understood. */
export const createProgram = (surroundings: Surroundings, exit: (code: number) => void): Command =>
  programOf(GROUPS, surroundings, exit);

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
  agentCommands,
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
