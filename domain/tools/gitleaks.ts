import { SARIF, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const gitleaks: ToolDeclaration = {
  title: 'Gitleaks',
  category: 'secrets',
  find: {
    commands: ['gitleaks'],
    versionArgs: ['version'],
    pattern: /^v?(\d+\.\d+\.\d+)/m,
    goModule: 'github.com/zricethezav/gitleaks/v8',
    install: 'https://github.com/gitleaks/gitleaks#installing',
  },
  args: [
    ...['dir', '{source}', '--no-banner', '--no-color', '--redact=100', '--ignore-gitleaks-allow'],
    // its own code for leaks is the one that it has for its failures, too
    ...['--exit-code=3', '--config={rules}/gitleaks.toml', '--gitleaks-ignore-path={home}'],
    ...['--report-format=sarif', '--report-path={output}'],
  ],
  exits: { clean: [0], findings: [3] },
  report: {
    from: 'file',
    format: 'sarif',
    mediaType: SARIF,
    path: 'reports/secrets/gitleaks.sarif',
    // what it shows of a secret depends on its rules; ours shows none, whatever they are
    keep: 'normalised',
  },
  cwd: 'source',
  hides: ['.gitleaksignore'],
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
