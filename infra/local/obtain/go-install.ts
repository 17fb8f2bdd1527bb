import type { Recipe } from './artifact.ts';
import { which } from './find-command.ts';
import { runCommand } from './run-command.ts';

/** Go checks every module it fetches against the public checksum database. */
export function goInstall(packagePath: string, version: string, seconds: number): Recipe {
  const target = `${packagePath}@v${version}`;
  return {
    what: `go install ${target}`,
    needs: 'Go',
    seconds,
    lacks: () => (which('go') === undefined ? 'Go is not installed' : undefined),
    build: async (folder, { signal }) => {
      const env = { GOBIN: folder, GOFLAGS: '-mod=mod', GOOS: undefined, GOARCH: undefined };
      await runCommand('go', ['install', '-ldflags=-s -w', target], { cwd: folder, env, signal });
    },
  };
}
