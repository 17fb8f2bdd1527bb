import type { ScanEvent } from '../../contracts/scan-event.ts';
import { resolveProfile } from '../../domain/policy/resolve-profile.ts';
import { findBaseline, readFindings, saveFindings } from '../../services/database/findings.ts';
import { readTriage } from '../../services/database/triage.ts';
import type { ScanDeps } from './deps.ts';
import { tellPhase } from './tell-phase.ts';
import { type Assessment, type Background, type BundleRequest, writeBundle } from './write-bundle.ts';

/**
 * Holds what the tools found against what is known of the component from before, and keeps it where lists and the next scan
 * look for it. Another attempt stores the same again.
 */
export async function assess(
  deps: Pick<ScanDeps, 'database' | 'raw' | 'events'>,
  request: BundleRequest,
): Promise<Assessment> {
  const { scope, component, testId } = request.input;
  const { assessment, findings, changeOf } = await writeBundle(
    deps,
    request,
    await backgroundOf(deps, request),
  );
  const { verdict, counts, violations } = assessment;
  await Promise.all([
    saveFindings(deps.database, scope, { testId, component, findings, changeOf }),
    tellPhase(deps.events, request.input, 'gated', { verdict, findings: counts, violations }),
  ]);
  return assessment;
}

async function backgroundOf(
  { database, events }: Pick<ScanDeps, 'database' | 'events'>,
  { input, manifest }: BundleRequest,
): Promise<Background> {
  const { scope, component, testId, source, requestedAt } = input;
  const { name: profile, gateOn } = resolveProfile(manifest.manifest, input.profile);
  const asked = {
    component,
    testId,
    before: new Date(requestedAt),
    source,
    profile,
    passed: gateOn === 'new',
  };
  const [earlier, triage, told] = await Promise.all([
    findBaseline(database, scope, asked),
    readTriage(database, scope, component),
    everything(events, scope, testId),
  ]);
  if (earlier === undefined) return { baseline: null, triage, events: told };
  return {
    baseline: { testId: earlier, findings: await readFindings(database, scope, earlier) },
    triage,
    events: told,
  };
}

const PAGE = 1000;

/** As much of the stream as there is by now; what follows is for those who follow it. */
async function everything(
  events: ScanDeps['events'],
  scope: BundleRequest['input']['scope'],
  testId: string,
): Promise<ScanEvent[]> {
  const all: ScanEvent[] = [];
  for (;;) {
    const page = await events.read(scope, testId, { after: all.at(-1)?.seq ?? 0, limit: PAGE });
    for (const event of page.events) all.push(event);
    if (page.events.length < PAGE) return all;
  }
}
