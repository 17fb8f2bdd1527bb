import { SARIF, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const detectSecrets: ToolDeclaration = {
  title: 'detect-secrets',
  category: 'secrets',
  find: {
    commands: ['detect-secrets'],
    versionArgs: ['--version'],
    pattern: /(\d+\.\d+\.\d+)/,
    install: 'pipx install detect-secrets',
  },
  args: [
    // without verification: that would send what it found to whoever issued it
    ...['scan', '--all-files', '--no-verify'],
    ...['--disable-filter', 'detect_secrets.filters.allowlist.is_line_allowlisted', '{source}'],
  ],
  exits: { clean: [0], findings: [] },
  report: {
    from: 'stdout',
    format: 'detect-secrets',
    mediaType: SARIF,
    path: 'reports/secrets/detect-secrets.sarif',
    // its own has a plain SHA-1 of each secret, from which a short one can be guessed
    keep: 'normalised',
  },
  cwd: 'source',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
