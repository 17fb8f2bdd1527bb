import { join } from 'node:path';
import { z } from 'zod';
import { describeSettings, type SettingDescription } from '../../services/config/describe.ts';
import { ConfigurationError, loadSettings } from '../../services/config/load.ts';
import { CommandError } from '../command-error.ts';
import { findConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readIfThere, readSupervisor } from '../local-installation.ts';
import { isSupervisor } from '../supervisor-process.ts';

/** What is in force in the set that runs here, or for a process started from here; and how this command reaches the API. */
export async function config(context: Context): Promise<ExitCode> {
  const settings = inForce(context);
  const client = connection(context);
  const { output } = context;
  output.result({ home: context.home, client, settings }, () => {
    output.table(
      ['SETTING', 'VALUE', 'FROM', 'MEANING'],
      settings.map(({ name, value, origin, meaning }) => [name, shown(value), origin, meaning]),
    );
    output.line(`home   ${context.home}`);
    output.line(`api    ${client.address ?? `- (${client.reason})`}`);
    if (client.address) output.line(`token  ******** from ${client.token_origin}`);
  });
  return EXIT.ok;
}

/** What the running set chose for itself stands behind what a person set, and says so. */
function inForce({ home, environment }: Context): InForce[] {
  const supervisor = readSupervisor(home);
  const chosen = supervisor && isSupervisor(supervisor.pid) ? readChosen(home) : {};
  const settings = describeSettings(load({ ...chosen, CERTUS_HOME: home, ...environment }));
  return settings.map((setting) => {
    if (setting.origin !== 'environment' || environment[setting.name]) return setting;
    return { ...setting, origin: setting.name in chosen ? 'running set' : 'default' };
  });
}

type InForce = Omit<SettingDescription, 'origin'> & { readonly origin: string };

const readChosen = (home: string): Record<string, string> =>
  z.record(z.string(), z.string()).parse(JSON.parse(readIfThere(join(home, 'run', 'settings.json')) ?? '{}'));

function load(environment: NodeJS.ProcessEnv) {
  try {
    return loadSettings(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new CommandError('configuration', EXIT.configuration, error.faults.join('; '), error);
  }
}

function connection({ environment, home }: Context) {
  try {
    const { address, addressOrigin, tokenOrigin } = findConnection(environment, home);
    return { address, address_origin: addressOrigin, token_origin: tokenOrigin, reason: null };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { address: null, address_origin: null, token_origin: null, reason: error.message };
  }
}

function shown(value: unknown): string {
  if (value === null) return '-';
  return Array.isArray(value) ? value.join(',') || '-' : String(value);
}
