import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

/** A configuration of eslint is a program: the repository's own is never looked up, ours is used. */
export const eslintSecurity: ToolDeclaration = {
  title: 'ESLint with eslint-plugin-security',
  category: 'sast',
  find: {
    commands: ['eslint'],
    versionArgs: ['--version'],
    pattern: /v(\d+\.\d+\.\d+)/,
    install: 'npm install --global eslint eslint-plugin-security',
  },
  args: [
    ...['--no-config-lookup', '--config={rules}/eslint.config.mjs', '--no-inline-config', '--no-ignore'],
    ...['--no-warn-ignored', '--no-error-on-unmatched-pattern', '--format=json', '--output-file={output}'],
    '{source}',
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'file',
    format: 'eslint',
    mediaType: JSON_TYPE,
    path: 'reports/sast/eslint-security.json',
    keep: 'masked',
  },
  relevant: ['**/*.{js,cjs,mjs,jsx}'],
  cwd: 'source',
  limits: { ...USUAL_LIMITS, memoryMb: 4096 },
  network: false,
  environment: {},
  heeds: ['exclude', 'timeout'],
};
