import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An installed gitleaks that is none: it says its version when it is asked for that, and else does what the test wants. */
export function fakeGitleaks(folder: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'gitleaks');
  writeFileSync(file, `#!/bin/bash\n[ "$1" = version ] && { echo 8.30.1; exit; }\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Works for ever, and starts children that would outlive it: in sessions of their own, and deaf to requests to end. */
export const holdsOn = (marker: string): string => `
[ -z "$${MARKER}" ] && ${MARKER}=${marker} exec "$0" "$@"
for child in 1 2 3; do
  setsid bash -c 'trap "" TERM INT HUP; while :; do sleep 3600 & wait; done' & disown
done
while :; do sleep 3600 & wait; done`;

const MARKER = 'CERTUS_TEST_MARKER';

/** Reports one leak at the first line of a file, as gitleaks does. */
export const finds = (path: string): string => `
for word in "$@"; do
  case $word in --report-path=*) report=\${word#*=} ;; esac
done
cat > "$report" <<'END'
${JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'gitleaks', rules: [{ id: 'fake-rule' }] } },
      results: [
        {
          ruleId: 'fake-rule',
          message: { text: 'fake-rule has detected a secret' },
          locations: [{ physicalLocation: { artifactLocation: { uri: path }, region: { startLine: 1 } } }],
        },
      ],
    },
  ],
})}
END
exit 3`;

/** The processes that carry the marker in their environment, wherever on this machine they have gone. */
export function processesOf(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => environmentOf(pid).split('\0').includes(`${MARKER}=${marker}`))
    .map(Number);
}

/** The tool, its three children, and what each of them waits for. */
export const AT_WORK = 8;

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile, or is none of ours
  }
}
