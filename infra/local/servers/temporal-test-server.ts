import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildTask } from '../obtain/artifact.ts';
import { findJdk } from '../obtain/java.ts';
import { copyDependencies, lacksMaven } from '../obtain/maven.ts';
import type { ServerEntry } from './entry.ts';

const VERSION = '1.32.1';
const JAVA = 11;

/** Temporal's time-skipping server, in which thirty days pass in a second. Tests start it themselves, one each. */
export const temporalTestServer: ServerEntry = {
  name: 'temporal-test-server',
  title: 'Temporal time-skipping test server',
  artifact: {
    name: 'temporal-test-server',
    version: VERSION,
    file: 'temporal-test-server',
    variable: 'CERTUS_TEMPORAL_TEST_SERVER',
    commands: [],
    runtime: () => (findJdk(JAVA) === undefined ? `no JDK ${JAVA} or later is installed` : undefined),
    recipes: [
      {
        what: `mvn dependency:copy-dependencies of io.temporal:temporal-test-server:${VERSION}`,
        needs: `Maven and a JDK ${JAVA} or later`,
        seconds: 30,
        lacks: () => lacksMaven(JAVA),
        build,
      },
    ],
  },
  prepare: async ({ path }) => ({ environment: { CERTUS_TEMPORAL_TEST_SERVER: path } }),
};

async function build(folder: string, task: BuildTask): Promise<void> {
  await copyDependencies(POM, folder, JAVA, task);
  const launcher = join(folder, 'temporal-test-server');
  await writeFile(launcher, script(join(findJdk(JAVA) ?? '', 'bin', 'java')));
  await chmod(launcher, 0o755);
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.certus</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>${VERSION}</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** The SDK wants one executable. The Java of the build may have been replaced by an upgrade: then the one on PATH. */
const script = (java: string) => `#!/bin/sh
here=$(dirname "$0")
java='${java}'
[ -x "$java" ] || java=java
exec "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
