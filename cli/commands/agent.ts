import { resolve } from 'node:path';
import { checkSite, type SiteFault } from '../../services/agent/check-site.ts';
import { type AgentConfiguration, readConfiguration } from '../../services/agent/configuration.ts';
import { startAgent } from '../../services/agent/run-agent.ts';
import { createSiteLog } from '../../services/agent/site-log.ts';
import { resendSource, siteStatus } from '../../services/agent/site-status.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readBounded } from '../read-bounded.ts';

type Options = { readonly config: string };

/** Until a signal: what is in hand is put away, and all else waits on the disk for the next start. */
export async function runAgent(context: Context, { config }: Options): Promise<ExitCode> {
  const configuration = await configured(context, config);
  await requireFitting(configuration, fileOf(context, config), ({ mends }) => mends !== true);
  const stop = new AbortController();
  const told = () => stop.abort();
  process.once('SIGTERM', told);
  process.once('SIGINT', told);
  try {
    const { ended } = await startAgent(configuration, { log: createSiteLog(configuration) }, stop.signal);
    await ended;
    return EXIT.ok;
  } finally {
    process.removeListener('SIGTERM', told);
    process.removeListener('SIGINT', told);
  }
}

export async function checkAgent(context: Context, { config }: Options): Promise<ExitCode> {
  const configuration = await configured(context, config);
  await requireFitting(configuration, fileOf(context, config));
  const sources = configuration.sources.map(({ name, kind }) => ({ name, kind }));
  context.output.result({ ok: true, platform: configuration.platform.url, sources }, () => {
    context.output.line(`${config} is good: ${sources.length} sources, to ${configuration.platform.url}`);
  });
  return EXIT.ok;
}

export async function agentStatus(context: Context, { config }: Options): Promise<ExitCode> {
  const { output } = context;
  const status = await siteStatus(await configured(context, config));
  output.result(status, () => {
    const { running, spooled_bytes, spool_max_bytes, link, refused } = status;
    output.line(
      `${running ? 'running' : 'not running'}, ${spooled_bytes} of ${spool_max_bytes} bytes spooled`,
    );
    if (link !== null)
      output.line(
        link.fault === null
          ? `the platform answers, since ${link.since}`
          : `${link.fault} since ${link.since}`,
      );
    output.table(
      ['SOURCE', 'ITEMS', 'WAITING', 'DELIVERED', 'LAST SENT', 'FAULT'],
      status.sources.map(({ name, items, waiting, delivered, last_sent_at, fault }) => [
        ...[name, String(items), String(waiting), String(delivered), last_sent_at ?? '-', fault ?? '-'],
      ]),
    );
    for (const { delivery, source, items, code } of refused)
      output.line(`refused: ${code}  ${source}  ${items} items  ${delivery}`);
  });
  return EXIT.ok;
}

export async function resend(context: Context, source: string, { config }: Options): Promise<ExitCode> {
  const configuration = await configured(context, config);
  if (!configuration.sources.some(({ name }) => name === source))
    throw new CommandError('not_found', EXIT.notFound, `${config} has no source ${source}`);
  const { items, damaged } = await resendSource(configuration, source);
  context.output.result({ source, items, damaged }, () => {
    context.output.line(`${source}: ${items} items are sent again when the agent is started`);
    for (const delivery of damaged)
      context.output.line(
        `DAMAGED: ${delivery} was refused and cannot be read: what it said was gone is still at the platform; forget the source there`,
      );
  });
  return EXIT.ok;
}

const fileOf = ({ workingDirectory }: Context, config: string): string => resolve(workingDirectory, config);

async function configured(context: Context, config: string): Promise<AgentConfiguration> {
  const file = fileOf(context, config);
  const read = readConfiguration((await readBounded(file, MAX_BYTES)).toString('utf8'), file);
  if ('configuration' in read) return read.configuration;
  throw faulty(read.faults);
}

const MAX_BYTES = 1024 * 1024;

async function requireFitting(
  configuration: AgentConfiguration,
  file: string,
  counts: (fault: SiteFault) => boolean = () => true,
): Promise<void> {
  const faults = (await checkSite(configuration, new Date(), file)).filter(counts);
  if (faults.length > 0) throw faulty(faults);
}

const faulty = (faults: readonly { readonly path: string; readonly message: string }[]): CommandError =>
  new CommandError(
    'configuration_invalid',
    EXIT.configuration,
    faults.map(({ path, message }) => `${path}: ${message}`).join('; '),
  );
