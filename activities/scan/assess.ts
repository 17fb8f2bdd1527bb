import type { ScanEvent } from '../../contracts/scan-event.ts';
import { findBaseline, readFindings, saveFindings } from '../../services/database/findings.ts';
import { readTriage } from '../../services/database/triage.ts';
import type { ScanDeps } from './deps.ts';
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
  const { assessment, findings, changeOf } = await writeBundle(deps, request, await backgroundOf(deps, request));
  await saveFindings(deps.database, scope, { testId, component, findings, changeOf });
  return assessment;
}

async function backgroundOf(
  { database, events }: Pick<ScanDeps, 'database' | 'events'>,
  { input: { scope, component, testId, requestedAt } }: BundleRequest,
): Promise<Background> {
  const [earlier, triage, told] = await Promise.all([
    findBaseline(database, scope, { component, testId, before: new Date(requestedAt) }),
    readTriage(database, scope, component),
    Array.fromAsync(everything(events, scope, testId)),
  ]);
  if (earlier === undefined) return { baseline: null, triage, events: told };
  return {
    baseline: { testId: earlier, findings: await readFindings(database, scope, earlier) },
    triage,
    events: told,
  };
}

const PAGE = 1000;

async function* everything(
  events: ScanDeps['events'],
  scope: BundleRequest['input']['scope'],
  testId: string,
): AsyncGenerator<ScanEvent> {
  for (let after = 0; ; ) {
    const page = await events.read(scope, testId, { after, limit: PAGE });
    yield* page.events;
    const last = page.events.at(-1);
    if (last === undefined || page.events.length < PAGE) return;
    after = last.seq;
  }
}
