import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { CertusError } from '../../contracts/errors.ts';
import { type GitUrl, readGitUrl } from '../../contracts/git-url.ts';
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

const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** Loopback, private, link-local (cloud metadata lives there) and every other address that is not the public internet. */
export const isInternal = (address: string): boolean =>
  INTERNAL.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

const bracketed = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
