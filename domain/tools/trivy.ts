import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const trivy: ToolDeclaration = {
  title: 'Trivy',
  category: 'sca',
  find: {
    commands: ['trivy'],
    versionArgs: ['--version'],
    pattern: /^Version: v?(\d+\.\d+\.\d+)/m,
    goModule: 'github.com/aquasecurity/trivy',
    install: 'https://trivy.dev/latest/getting-started/installation/',
  },
  args: [
    ...['filesystem', '--cache-dir={database}', '--cache-backend=memory', '--skip-db-update'],
    ...['--skip-java-db-update', '--skip-check-update', '--offline-scan', '--skip-version-check'],
    ...['--disable-telemetry', '--scanners=vuln,secret,misconfig', '--no-progress', '--exit-code=0'],
    ...['--ignorefile={rules}/trivyignore', '--secret-config={rules}/trivy-secret.yaml'],
    ...['--format=json', '--output={output}', '{source}'],
  ],
  exits: { clean: [0], findings: [] },
  report: {
    from: 'file',
    format: 'trivy',
    mediaType: JSON_TYPE,
    path: 'reports/sca/trivy.json',
    keep: 'masked',
  },
  cwd: 'home',
  limits: { ...USUAL_LIMITS, memoryMb: 4096 },
  network: false,
  environment: {},
  database: {
    title: 'Trivy database',
    folders: ['{advisories}/trivy', '{cache}/trivy'],
    markers: ['db/metadata.json'],
    get: 'trivy filesystem --download-db-only',
  },
  heeds: ['exclude', 'timeout'],
};
