import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

/** Its security rules alone; assertions in tests are no weakness. */
export const ruff: ToolDeclaration = {
  title: 'Ruff (security rules)',
  category: 'sast',
  find: {
    commands: ['ruff'],
    versionArgs: ['--version'],
    pattern: /ruff (\d+\.\d+\.\d+)/,
    install: 'pipx install ruff',
  },
  args: [
    ...['check', '--isolated', '--no-cache', '--no-fix', '--ignore-noqa', '--no-respect-gitignore'],
    ...['--select=S', '--ignore=S101', '--exclude=.git', '--output-format=json', '--output-file={output}'],
    '{source}',
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'file',
    format: 'ruff',
    mediaType: JSON_TYPE,
    path: 'reports/sast/ruff.json',
    keep: 'masked',
  },
  relevant: ['**/*.py', '**/*.pyi', '**/*.ipynb'],
  cwd: 'source',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
