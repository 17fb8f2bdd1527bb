import { describeSettings } from '../../services/config/describe.ts';
import { ConfigurationError, loadSettings } from '../../services/config/load.ts';
import { CommandError } from '../command-error.ts';
import { findConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** What is in force for a process started from here, and how this command would reach the API. */
export async function config(context: Context): Promise<ExitCode> {
  const settings = describeSettings(load(context));
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

function load(context: Context) {
  try {
    return loadSettings({ CERTUS_HOME: context.home, ...context.environment });
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
