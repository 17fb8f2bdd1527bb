import type { Issue } from './issue.ts';

/** What a script does with downloads. `firstLine` is where the script begins in its file. */
export function shellIssues(script: string, path: string, firstLine: number): Issue[] {
  return commands(script).flatMap(({ text, at, breaks }): Issue[] => {
    if (/^\s*#/.test(text)) return [];
    return CHECKS.flatMap(({ pattern, ...issue }): Issue[] => {
      const match = pattern.exec(text);
      if (match === null) return [];
      const below = breaks.filter((start) => start <= match.index).length;
      return [{ ...issue, path, line: firstLine + at + below }];
    });
  });
}

type Command = { text: string; readonly at: number; readonly breaks: number[] };

/** Lines, where one that ends in a backslash goes on in the next; `breaks` are where those begin. */
function commands(script: string): Command[] {
  const joined: Command[] = [];
  let goesOn = false;
  for (const [at, raw] of script.split('\n').entries()) {
    const line = raw.trimEnd();
    const text = (line.endsWith('\\') ? line.slice(0, -1) : line).slice(0, MAX_LINE);
    const last = joined.at(-1);
    if (goesOn && last !== undefined && last.text.length < MAX_LINE) {
      last.breaks.push(last.text.length + 1);
      last.text += ` ${text}`;
    } else joined.push({ text, at, breaks: [] });
    goesOn = line.endsWith('\\');
  }
  return joined;
}

/** The rest of a longer line is not a command that somebody wrote. */
const MAX_LINE = 2000;

const CHECKS: readonly (Pick<Issue, 'rule' | 'severity' | 'message'> & { readonly pattern: RegExp })[] = [
  {
    rule: 'curl-pipe-shell',
    severity: 'medium',
    message: 'Whatever the server answers is run at once',
    pattern: new RegExp(
      [
        /\b(?:curl|wget)\b[^|;&]{1,500}\|\s{0,8}(?:sudo\s{1,4}(?:-\w{1,3}\s{1,4})?)?(?:\/(?:usr\/)?bin\/)?(?:(?:ba|z|da|k)?sh|python[23]?|node|perl|ruby|php)\b/,
        /\b(?:(?:ba|z)?sh\s{1,4}-c|eval|source|\.)\s{1,4}["']?(?:\$\(|`|<\()\s{0,4}(?:curl|wget)\b|\b(?:ba|z)?sh\s{1,4}<\(\s{0,4}(?:curl|wget)\b/,
      ]
        .map(({ source }) => source)
        .join('|'),
    ),
  },
  {
    rule: 'certificates-ignored',
    severity: 'low',
    message: 'Anybody on the way may answer in the place of the server',
    pattern:
      /\bcurl\s(?:[^|;&\n]{0,200}\s)?(?:-k|--insecure|-[a-zA-Z]{0,8}k[a-zA-Z]{0,8})(?:\s|$)|--no-check-certificate\b|GIT_SSL_NO_VERIFY=\s?(?:1|true)|NODE_TLS_REJECT_UNAUTHORIZED=\s?["']?0|http\.sslVerify[= ]false|--trusted-host\b|strict-ssl[= ]false/,
  },
];
