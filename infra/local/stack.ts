import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT } from './checkout.ts';
import { Interrupted, watchForInterruption } from './embedded/interruption.ts';
import { migrateDatabase } from './embedded/migrate-database.ts';
import { EXIT } from './exit-codes.ts';
import { explain } from './explain.ts';
import { openHome } from './home.ts';
import { listServers, SERVER_NAMES, SERVERS, type ServerState } from './servers/all.ts';
import type { ServerName } from './servers/entry.ts';
import { startServers } from './start-servers.ts';

const USAGE = `usage: npm run stack [-- [--list] [server…]]

  Brings up the real servers for development and prints the environment that uses them; Ctrl-C stops them.
  Servers: ${SERVER_NAMES.join(' ')}
`;

/** Its own home beside the embedded set's: both may run at once. */
const HOME = join(CHECKOUT, '.certus', 'stack');

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.filter((name) => !(SERVER_NAMES as string[]).includes(name));
  if (values.help || unknown.length > 0) {
    process.stderr.write(`${unknown.map((name) => `there is no server ${name}\n`).join('')}${USAGE}`);
    return values.help ? EXIT.passed : EXIT.usage;
  }
  const usual = SERVER_NAMES.filter((name) => !SERVERS[name].onRequest);
  const names = positionals.length > 0 ? (positionals as ServerName[]) : usual;
  return values.list ? list(positionals.length > 0 ? names : SERVER_NAMES) : run(names);
}

async function list(names: readonly ServerName[]): Promise<number> {
  for (const server of await listServers(names)) {
    const title = `${server.name} ${server.version}`;
    process.stdout.write(`${title.padEnd(32)} ${server.state.padEnd(13)} ${detailOf(server)}\n`);
  }
  return EXIT.passed;
}

function detailOf(server: ServerState): string {
  if (server.state === 'present') return server.path;
  if (server.state === 'buildable') return `${server.what}, about ${server.seconds} s`;
  return server.reason.replaceAll('\n', '\n    ');
}

async function run(names: readonly ServerName[]): Promise<number> {
  const report = (line: string) => process.stderr.write(`${line}\n`);
  const { signal, happened } = watchForInterruption();
  const lock = openHome(HOME);
  try {
    const options = { dir: HOME, report, build: true, keepPorts: true, ephemeral: false, signal };
    const { env, stop } = await startServers(names, options);
    try {
      if (env.CERTUS_DATABASE_URL !== undefined)
        await migrateDatabase(env.CERTUS_DATABASE_URL, report, signal);
      for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}='${value}'\n`);
      report('ready; Ctrl-C stops everything');
      await happened;
    } finally {
      report('stopping everything');
      await stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lock.release();
  }
  if (!(signal.reason instanceof Interrupted)) throw signal.reason;
  return EXIT.passed;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { message, exitCode } = explain(error, HOME);
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
