import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const checkov: ToolDeclaration = {
  title: 'Checkov',
  category: 'iac',
  find: {
    commands: ['checkov'],
    versionArgs: ['--version'],
    pattern: /^(\d+\.\d+\.\d+)/m,
    reportTells: true,
    install: 'pipx install checkov',
  },
  args: [
    // in one word: only behind the word alone does it look for a .checkov.yaml there, which can load Python code
    '--directory={source}',
    ...['--skip-download', '--skip-results-upload', '--quiet', '--output=json'],
  ],
  exits: { clean: [0], findings: [1] },
  report: {
    from: 'stdout',
    format: 'checkov',
    mediaType: JSON_TYPE,
    path: 'reports/iac/checkov.json',
    keep: 'masked',
  },
  relevant: [
    '**/*.{tf,tfvars,hcl,bicep}',
    '**/*.{yaml,yml}',
    '**/*.{template,tf.json}',
    '**/*Dockerfile*',
    '**/*.{dockerfile,Dockerfile}',
    '**/{serverless,openapi,swagger,cloudformation,azuredeploy}*.json',
  ],
  cwd: 'home',
  limits: { ...USUAL_LIMITS, memoryMb: 4096 },
  network: false,
  environment: { LOG_LEVEL: 'WARNING', ANSI_COLORS_DISABLED: '1' },
  heeds: ['exclude', 'timeout'],
};
