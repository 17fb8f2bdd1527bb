import { readFile } from 'node:fs/promises';
import { CertusError } from '../../contracts/errors.ts';

export type GitCredential = {
  /** Scheme, host and port it is for, and for no other. */
  readonly origin: string;
  readonly username: string;
  readonly password: string;
};

export type GitCredentials = (url: string) => GitCredential | undefined;

export const noCredentials: GitCredentials = () => undefined;

/** Reads a file with a line `https://user:token@host[:port]` for each host; read anew for each fetch, so tokens can be changed. */
export async function readGitCredentials(
  file: string,
  setting = 'CERTUS_GIT_CREDENTIALS_FILE',
): Promise<GitCredentials> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(setting, 'it cannot be read', cause);
  });
  return parseGitCredentials(text, setting);
}

export function parseGitCredentials(text: string, setting = 'CERTUS_GIT_CREDENTIALS_FILE'): GitCredentials {
  const known = new Map<string, GitCredential>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const credential = parseLine(line.trim());
    if (credential === undefined) throw unusable(setting, `line ${at + 1} is not https://user:token@host`);
    if (known.has(credential.origin))
      throw unusable(setting, `line ${at + 1} names a host for the second time`);
    known.set(credential.origin, credential);
  }
  return (url) => (URL.canParse(url) ? known.get(originOf(new URL(url))) : undefined);
}

/** No fault repeats the line: it holds a password. */
function parseLine(line: string): GitCredential | undefined {
  const url = URL.canParse(line) ? new URL(line) : undefined;
  if (url === undefined || !isClosed(url)) return undefined;
  // a path would look like a limit that nothing keeps
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return undefined;
  const username = decoded(url.username);
  const password = decoded(url.password);
  return username && password ? { origin: originOf(url), username, password } : undefined;
}

/** Over plain HTTP everybody on the way could read it; there is nobody on the way to ourselves. */
const isClosed = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' ||
  (protocol === 'http:' && (hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)));

const originOf = ({ protocol, host }: URL): string => `${protocol}//${host}`;

/** What git is told goes by lines, so a line's end would be one more thing that is told. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return /\p{Cc}/u.test(plain) ? undefined : plain;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const unusable = (setting: string, why: string, cause?: unknown): CertusError =>
  new CertusError(
    'dependency_unavailable',
    `${setting} cannot be used: ${why}`,
    cause === undefined ? {} : { cause },
  );

/** Settings by which git asks for it on a pipe that only it has, for this origin and no other. */
export const credentialSettings = ({ origin }: GitCredential): string[] => [
  'credential.helper=',
  `credential.${origin}.helper=!f() { test "$1" != get || cat <&${CREDENTIAL_PIPE}; }; f`,
];

/**
 * A pipe and neither an argument, a variable nor a file: other processes of ours, scanners among them, can read those
 * of git.
 */
export const CREDENTIAL_PIPE = 3;

export const credentialAnswer = ({ username, password }: GitCredential): string =>
  `username=${username}\npassword=${password}\n`;

/** Text that somebody else wrote, without what they may have been told. */
export function withoutCredential(text: string, credential: GitCredential | undefined): string {
  if (credential === undefined) return text;
  const { username, password } = credential;
  const forms = [
    password,
    encodeURIComponent(password),
    Buffer.from(`${username}:${password}`).toString('base64'),
  ];
  return forms.reduce((masked, form) => masked.replaceAll(form, '***'), text);
}
