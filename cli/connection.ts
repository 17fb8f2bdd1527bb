import { join } from 'node:path';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { readIfThere, readSupervisor } from './local-installation.ts';

export type Connection = {
  readonly address: string;
  readonly addressOrigin: string;
  readonly token: string;
  readonly tokenOrigin: string;
};

/** Finds the API and the token for it: what was set wins, then the installation of this checkout. */
export function findConnection(environment: NodeJS.ProcessEnv, home: string): Connection {
  const { address, origin } = findAddress(environment, home);
  const token = findToken(environment, home, address);
  if (!/^[\x21-\x7e]{1,4096}$/.test(token.value)) {
    throw new CommandError('bad_token', EXIT.configuration, `what ${token.origin} holds is not a token`);
  }
  return { address, addressOrigin: origin, token: token.value, tokenOrigin: token.origin };
}

export function findAddress(
  environment: NodeJS.ProcessEnv,
  home: string,
): { address: string; origin: string } {
  const given = environment.CERTUS_API_URL;
  if (given) return { address: checkedAddress(given), origin: 'CERTUS_API_URL' };
  const supervisor = readSupervisor(home);
  if (!supervisor) {
    throw new CommandError(
      'not_running',
      EXIT.unavailable,
      'nothing is running here: start it with "certus up", or set CERTUS_API_URL',
    );
  }
  return { address: checkedAddress(supervisor.addresses.api), origin: join(home, 'run', 'supervisor.json') };
}

function findToken(
  environment: NodeJS.ProcessEnv,
  home: string,
  address: string,
): { value: string; origin: string } {
  if (environment.CERTUS_TOKEN) return { value: environment.CERTUS_TOKEN.trim(), origin: 'CERTUS_TOKEN' };
  // The local token opens the local installation; sent to a server elsewhere it would be given away.
  const file = environment.CERTUS_TOKEN_FILE ?? (isLoopback(address) ? join(home, 'token') : undefined);
  const content = file && readIfThere(file);
  if (file && content !== undefined && content !== '') return { value: content.trim(), origin: file };
  throw new CommandError(
    'no_token',
    EXIT.configuration,
    file ? `there is no token in ${file}` : `set CERTUS_TOKEN or CERTUS_TOKEN_FILE for ${address}`,
  );
}

function checkedAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) {
    throw new CommandError(
      'bad_address',
      EXIT.configuration,
      'the API address must be an http:// or https:// URL without credentials',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
