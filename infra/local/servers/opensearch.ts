import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildTask } from '../obtain/artifact.ts';
import { findJdk } from '../obtain/java.ts';
import { copyDependencies, lacksMaven } from '../obtain/maven.ts';
import { runCommand } from '../obtain/run-command.ts';
import { httpProbe } from '../supervise/probes.ts';
import { baseEnvironment } from './base-environment.ts';
import type { ServerEntry } from './entry.ts';

const JAVA = 21;
const SOURCES = join(import.meta.dirname, 'opensearch');
const POM = join(SOURCES, 'pom.xml');
const LAUNCHER = join(SOURCES, 'SearchNode.java');
/** The server's version, and a digest of what it is built from: a change there is another artifact. */
const VERSION = `3.5.0-${digestOf(POM, LAUNCHER)}`;
const JAR = 'search-node.jar';

/** A real OpenSearch node with k-NN (the Lucene engine only). */
export const opensearch: ServerEntry = {
  name: 'opensearch',
  title: 'OpenSearch',
  artifact: {
    name: 'opensearch',
    version: VERSION,
    file: 'java',
    variable: 'CERTUS_OPENSEARCH_JAVA',
    commands: [],
    runtime: () => (findJdk(JAVA) === undefined ? `no JDK ${JAVA} or later is installed` : undefined),
    recipes: [
      {
        what: 'mvn dependency:copy-dependencies of infra/local/servers/opensearch/pom.xml',
        needs: `Maven and a JDK ${JAVA} or later`,
        seconds: 60,
        lacks: () => lacksMaven(JAVA),
        build,
      },
    ],
  },
  prepare: async ({ path, folder, ports }) => {
    const port = await ports.take('opensearch');
    const url = `http://127.0.0.1:${port}`;
    await configure(folder, port);
    return {
      program: {
        name: 'opensearch',
        command: path,
        args: ['SearchNode', folder],
        env: baseEnvironment(),
        cwd: folder,
        healthy: httpProbe(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, [200]),
        startSeconds: 120,
        stop: { signal: 'SIGTERM', graceSeconds: 25 },
      },
      environment: { CERTUS_OPENSEARCH_URL: url },
    };
  },
};

async function build(folder: string, task: BuildTask): Promise<void> {
  const jdk = findJdk(JAVA) ?? '';
  const run = (tool: string, ...args: string[]) =>
    runCommand(join(jdk, 'bin', tool), args, { cwd: folder, signal: task.signal });
  await copyDependencies(readFileSync(POM, 'utf8'), folder, JAVA, task);
  await run('javac', '--release', String(JAVA), '-cp', 'lib/*', '-d', 'classes', LAUNCHER);
  await run('jar', '--create', '--file', join('lib', JAR), '-C', 'classes', '.');
  await rm(join(folder, 'classes'), { recursive: true });
  await writeFile(join(folder, 'java'), launcher(jdk), { mode: 0o755 });
}

function digestOf(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
}

/** A Java with everything it needs on its class path. */
const launcher = (jdk: string) => `#!/bin/sh
here=$(dirname "$0")
java='${join(jdk, 'bin', 'java')}'
[ -x "$java" ] || java=java
exec "$java" -Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \\
  -Dlog4j2.shutdownHookEnabled=false -Dlog4j2.disable.jmx=true \\
  --enable-native-access=ALL-UNNAMED -cp "$here/lib/*" "$@"
`;

async function configure(home: string, port: number): Promise<void> {
  const config = join(home, 'config');
  // The node looks for these three and fails when one is missing.
  for (const folder of [config, join(home, 'modules'), join(home, 'plugins')]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(join(config, 'opensearch.yml'), JSON.stringify(settings(port)));
  await writeFile(join(config, 'log4j2.properties'), LOGGING);
}

/** JSON is YAML. */
const settings = (port: number) => ({
  'cluster.name': 'certus',
  'node.name': 'certus',
  'discovery.type': 'single-node',
  'network.host': '127.0.0.1',
  'http.port': port,
  // Unused by a single node, but it insists on having one.
  'transport.port': 0,
  // A nearly full disk would turn the indices read-only, on a machine where nobody watches for it.
  'cluster.routing.allocation.disk.threshold_enabled': false,
});

const LOGGING = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;
