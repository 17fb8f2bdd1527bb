import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const osvScanner: ToolDeclaration = {
  title: 'OSV-Scanner',
  category: 'sca',
  find: {
    commands: ['osv-scanner'],
    versionArgs: ['--version'],
    pattern: /osv-scanner version: (\d+\.\d+\.\d+)/,
    goModule: 'github.com/google/osv-scanner/v2',
    install: 'https://google.github.io/osv-scanner/installation/',
  },
  args: [
    ...['scan', 'source', '--recursive', '--offline', '--local-db-path={database}', '--no-resolve'],
    // call analysis builds what it analyses, and to build is to run what the repository says
    ...['--no-call-analysis=go', '--no-call-analysis=rust', '--no-ignore', '--allow-no-lockfiles'],
    ...['--config={rules}/osv-scanner.toml', '--format=json', '--output-file={output}', '{source}'],
  ],
  // 127 comes with a valid, empty report when there is no database
  exits: { clean: [0], findings: [1] },
  // it goes on with the ecosystems that it has advisories of
  confesses: /could not load db for/,
  report: {
    from: 'file',
    format: 'osv-scanner',
    mediaType: JSON_TYPE,
    path: 'reports/sca/osv-scanner.json',
    keep: 'masked',
  },
  cwd: 'home',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  database: {
    title: 'OSV',
    folders: ['{advisories}', '{advisories}/osv-scanner', '{cache}'],
    markers: ['osv-scalibr'],
    get: 'osv-scanner scan source --offline-vulnerabilities --download-offline-databases --local-db-path FOLDER PROJECT',
  },
  heeds: ['exclude', 'timeout'],
};
