import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isExecutable, which } from './find-command.ts';

/** The home of an installed JDK of at least this feature version, the one that JAVA_HOME or PATH names first. */
export function findJdk(feature: number): string | undefined {
  return candidates().find((home) => isExecutable(join(home, 'bin', 'javac')) && featureOf(home) >= feature);
}

function candidates(): string[] {
  const onPath = which('java');
  return [
    ...(process.env.JAVA_HOME ? [process.env.JAVA_HOME] : []),
    ...(onPath === undefined ? [] : [dirname(dirname(realpathSync(onPath)))]),
    ...['/usr/lib/jvm', '/opt/java', join(homedir(), '.sdkman', 'candidates', 'java')].flatMap((folder) =>
      inside(folder),
    ),
    ...inside('/Library/Java/JavaVirtualMachines').map((folder) => join(folder, 'Contents', 'Home')),
  ];
}

function inside(folder: string): string[] {
  try {
    return readdirSync(folder).map((entry) => join(folder, entry));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Every JDK since 9 says its version in a file; running each to ask would take seconds. */
function featureOf(home: string): number {
  try {
    return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
