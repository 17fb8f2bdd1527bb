import type { Command, Recipe } from '../obtain/artifact.ts';
import { goInstall } from '../obtain/go-install.ts';
import { pythonInstall } from '../obtain/python-install.ts';
import type { ScannerName, ServerEntry } from './entry.ts';

/** The scanners of others that tests run for real. Users have what they have: Certus runs whatever it finds. */
export const SCANNERS: Readonly<Record<ScannerName, ServerEntry>> = {
  gitleaks: goScanner('gitleaks', 'github.com/zricethezav/gitleaks/v8', '8.30.1', 40, {
    versionArgs: ['version'],
    pattern: /^v?(\d+\.\d+\.\d+)/m,
  }),
  'osv-scanner': goScanner('osv-scanner', 'github.com/google/osv-scanner/v2/cmd/osv-scanner', '2.5.1', 240, {
    versionArgs: ['--version'],
    pattern: /version: (\d+\.\d+\.\d+)/,
  }),
  syft: goScanner('syft', 'github.com/anchore/syft/cmd/syft', '1.52.0', 230, {
    versionArgs: ['version'],
    pattern: /^Version:\s+v?(\d+\.\d+\.\d+)/m,
  }),
  bandit: pythonScanner('bandit', '1.9.4', 15, { pattern: /bandit (\d+\.\d+\.\d+)/ }),
  // asks the network for its newest version otherwise, and waits long for an answer
  semgrep: pythonScanner('semgrep', '1.182.0', 40, {
    versionArgs: ['--disable-version-check', '--version'],
    pattern: /^(\d+\.\d+\.\d+)/m,
  }),
  'detect-secrets': pythonScanner('detect-secrets', '1.5.0', 15, { pattern: /(\d+\.\d+\.\d+)/ }),
  checkov: pythonScanner('checkov', '3.3.30', 60, { pattern: /^(\d+\.\d+\.\d+)/m }),
  ruff: pythonScanner('ruff', '0.17.6', 10, { pattern: /ruff (\d+\.\d+\.\d+)/ }),
};

type Asked = { readonly versionArgs?: readonly string[]; readonly pattern: RegExp };

function goScanner(name: ScannerName, module: string, version: string, seconds: number, asked: Asked) {
  return scanner(name, version, name, goInstall(module, version, seconds), asked);
}

function pythonScanner(name: ScannerName, version: string, seconds: number, asked: Asked) {
  const recipe = pythonInstall(`${name}==${version}`, `${name}-${version}`, seconds);
  return scanner(name, version, `bin/${name}`, recipe, asked);
}

function scanner(
  name: ScannerName,
  version: string,
  file: string,
  recipe: Recipe,
  { versionArgs = ['--version'], pattern }: Asked,
): ServerEntry {
  const variable = `CERTUS_${name.toUpperCase().replaceAll('-', '_')}`;
  const command: Command = { command: name, versionArgs, pattern, minimum: version };
  return {
    name,
    title: name,
    onRequest: true,
    artifact: { name, version, file, variable, commands: [command], recipes: [recipe] },
    prepare: async ({ path }) => ({ environment: { [variable]: path } }),
  };
}
