import { JSON_TYPE, type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const retireJs: ToolDeclaration = {
  title: 'Retire.js',
  category: 'sca',
  find: {
    commands: ['retire'],
    versionArgs: ['--version'],
    pattern: /(\d+\.\d+\.\d+)/,
    install: 'npm install --global retire',
  },
  args: [
    ...['--path', '{source}', '--jsrepo', '{database}/jsrepository.json', '--outputformat', 'json'],
    ...['--outputpath', '{output}', '--exitwith', '13'],
  ],
  exits: { clean: [0], findings: [13] },
  report: {
    from: 'file',
    format: 'retire-js',
    mediaType: JSON_TYPE,
    path: 'reports/sca/retire-js.json',
    keep: 'masked',
  },
  relevant: ['**/*.{js,cjs,mjs,jsx,ts,html}', '**/package.json'],
  cwd: 'home',
  limits: USUAL_LIMITS,
  network: false,
  environment: {},
  database: {
    title: 'Retire.js repository',
    folders: ['{advisories}/retire'],
    markers: ['jsrepository.json'],
    get: 'put jsrepository.json of the Retire.js project below CERTUS_ADVISORIES, in the folder retire',
  },
  heeds: ['exclude', 'timeout'],
};
