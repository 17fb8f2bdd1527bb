import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { CertusError } from '../../contracts/errors.ts';
import { type GitUrl, readGitUrl } from '../../contracts/git-url.ts';
import { isInternal } from '../net/internal-address.ts';
import { SSH } from './run-git.ts';
import { sshEnvironment, webEnvironment } from './user-environment.ts';

export type Remote = {
  readonly url: string;
  /** `-c` settings that hold git to what was checked here. */
  readonly settings: readonly string[];
  /** What this transport needs beyond the environment that every git run has. */
  readonly environment: NodeJS.ProcessEnv;
};

/** Decides whether a remote may be reached, and pins the address that was checked so that it cannot change afterwards. */
export async function checkRemote(
  given: string,
  allowedHosts: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Remote> {
  const { url, host, port, web } = parse(given);
  const trusted = allowedHosts.includes('*') || allowedHosts.includes(host);
  const addresses = trusted ? [] : await publicAddresses(host);
  if (!web)
    return {
      url,
      settings: [],
      environment: { ...sshEnvironment(env), ...pinnedSsh(host, port, addresses) },
    };
  const settings = ['http.followRedirects=false', 'http.lowSpeedLimit=1000', 'http.lowSpeedTime=30'];
  if (addresses.length > 0 && isIP(host) === 0)
    settings.push(`http.curloptResolve=${host}:${port}:${addresses.map(bracketed).join(',')}`);
  return { url, settings, environment: webEnvironment(env) };
}

/** ssh would ask for the name again, and could be told another address; host keys stay those of the name. */
function pinnedSsh(host: string, port: number, [address]: readonly string[]): NodeJS.ProcessEnv {
  if (address === undefined) return {};
  const alias = port === 22 ? host : `[${host}]:${port}`;
  return { GIT_SSH_COMMAND: `${SSH} -oHostName='${address}' -oHostKeyAlias='${alias}'` };
}

async function publicAddresses(host: string): Promise<string[]> {
  const addresses = await resolveHost(host);
  if (addresses.some(isInternal)) {
    throw new CertusError(
      'source_not_allowed',
      `${host} is an internal address; name it in CERTUS_GIT_ALLOWED_HOSTS if it is meant`,
    );
  }
  return addresses;
}

function parse(given: string): GitUrl {
  const read = readGitUrl(given);
  if ('problem' in read) throw new CertusError('invalid_request', `the git URL ${read.problem}`);
  return read;
}

async function resolveHost(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw new CertusError('source_unreachable', `${host} cannot be resolved`, { cause });
  }
}

const bracketed = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
