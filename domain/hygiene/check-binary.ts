import type { Issue } from './issue.ts';

/** How much of a file tells what it is. */
export const MAGIC_BYTES = 1024;

/** Programs, by what they begin with and not by their name. */
export function checkBinary(path: string, head: Buffer): Issue[] {
  const kind = kindOf(path, head);
  if (kind === undefined) return [];
  // what every build of its kind carries along
  const severity = /(?:^|\/)(?:gradle|maven)-wrapper\.jar$/.test(path) ? 'info' : 'low';
  const message = `${kind}: what it does cannot be read from the source`;
  return [{ rule: 'binary-in-source', severity, message, path, line: null }];
}

function kindOf(path: string, head: Buffer): string | undefined {
  if (head.length < 8) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) return 'A program for Linux or Unix';
  if (magic === 0x0061736d) return 'A WebAssembly module';
  if (magic === 0xcafebabe) return head.readUInt32BE(4) >= 45 ? 'A Java class' : 'A program for macOS';
  if ([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe].includes(magic)) return 'A program for macOS';
  if (magic === 0x504b0304 && /\.(?:jar|war|ear|aar|apk|whl|nupkg|xpi|crx|ipa)$/i.test(path))
    return 'A packed program';
  if (head.toString('latin1', 0, 4) === 'dex\n') return 'A program for Android';
  if (head.toString('latin1', 0, 7) === '!<arch>')
    return /\.(?:a|lib|deb)$/.test(path) ? 'A library' : undefined;
  if (head.toString('latin1', 2, 4) === '\r\n' && /\.py[co]$/.test(path)) return 'Compiled Python';
  return isWindowsProgram(head) ? 'A program for Windows' : undefined;
}

/** Two letters are too few to tell: texts may begin with them, too. */
function isWindowsProgram(head: Buffer): boolean {
  if (head.toString('latin1', 0, 2) !== 'MZ' || head.length < 64) return false;
  const at = head.readUInt32LE(60);
  return at + 4 <= head.length && head.toString('latin1', at, at + 4) === 'PE\0\0';
}
