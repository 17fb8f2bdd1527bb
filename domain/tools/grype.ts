import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const grype: ToolDeclaration = {
  title: 'Grype',
  category: 'sca',
  find: {
    commands: ['grype'],
    versionArgs: ['version'],
    pattern: /^Version:\s+v?(\d+\.\d+\.\d+)/m,
    goModule: 'github.com/anchore/grype',
    install: 'https://oss.anchore.com/docs/installation/grype/',
  },
  args: ['dir:{source}', '--output=json', '--file={output}', '--quiet'],
  exits: { clean: [0], findings: [] },
  report: {
    from: 'file',
    format: 'grype',
    mediaType: JSON_TYPE,
    path: 'reports/sca/grype.json',
    keep: 'masked',
  },
  cwd: 'home',
  limits: { ...USUAL_LIMITS, memoryMb: 4096 },
  network: false,
  environment: {
    GRYPE_DB_CACHE_DIR: '{database}',
    GRYPE_DB_AUTO_UPDATE: 'false',
    // how old it is stands in the result; an old one is no reason to see nothing
    GRYPE_DB_VALIDATE_AGE: 'false',
    GRYPE_CHECK_FOR_APP_UPDATE: 'false',
  },
  database: {
    title: 'Grype database',
    folders: ['{advisories}/grype', '{cache}/grype/db'],
    markers: ['6/vulnerability.db', '5/vulnerability.db'],
    get: 'grype db update',
  },
  heeds: ['exclude', 'timeout'],
};
