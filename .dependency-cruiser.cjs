/** The arrows between the rooms. Each rule's comment says where the import should go instead. */
const room = (name, allowed, comment) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment,
  from: { path: `^${name}/` },
  to: {
    path: '^(contracts|domain|workflows|activities|services|api|worker|cli|rules|infra|test|bench)/',
    pathNot: `^(${[name, ...allowed].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    room(
      'contracts',
      [],
      'contracts/ imports nothing of ours: move the decision to domain/, the side effect to services/.',
    ),
    room(
      'domain',
      ['contracts'],
      'domain/ is pure: what touches the world goes to services/ or activities/.',
    ),
    room(
      'services',
      [
        'contracts',
        'domain/transparency',
        'domain/custody',
        'domain/sanitize',
        'domain/text',
        'domain/ingest',
      ],
      'services/ wraps the outside world: decisions go to domain/, orchestration to workflows/. What is kept there besides is the tree of the log, and the threads in which files are looked into and read.',
    ),
    room(
      'activities',
      ['contracts', 'domain', 'services'],
      'activities/ may not know workflows/, api/ or worker/: pass what is needed through createXActivities(deps).',
    ),
    room(
      'api',
      [
        'contracts',
        'services',
        'domain/custody',
        'domain/sigstore',
        'domain/transparency',
        'domain/permit',
        'domain/keys',
        'domain/provenance',
        'domain/review',
        'domain/sanitize',
      ],
      'api/ is thin: business rules go to domain/ and run in activities/; it may verify what anybody can, with public keys.',
    ),
    room(
      'worker',
      ['contracts', 'domain', 'workflows', 'activities', 'services'],
      'worker/ is the composition root of the zones; it does not know api/ or cli/.',
    ),
    room(
      'cli',
      [
        'contracts',
        'domain',
        'services/config',
        'services/advisories',
        'services/sigstore',
        'services/registry',
        'services/agent',
      ],
      'cli/ talks to the API only; offline verification lives in domain/, the advisory database is a folder, what was published is pulled from its registry, and an agent runs at a site without any server of ours.',
    ),
    room('infra', ['contracts', 'services'], 'infra/ starts processes; it does not import their code.'),
    {
      name: 'workflows-imports',
      severity: 'error',
      comment:
        'workflows/ is deterministic and knows contracts/ and domain/; of activities/ only types (infra/lint holds that half).',
      from: { path: '^workflows/' },
      to: { path: '^(services|api|worker|cli|rules|infra|test|bench)/' },
    },
    {
      name: 'production-imports-no-tests',
      severity: 'error',
      comment: 'Only test/ and bench/ may import from test/ or bench/.',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or miss a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-dependencies-in-production',
      severity: 'error',
      comment: 'A package that production code imports belongs under "dependencies".',
      from: { path: '^(contracts|domain|workflows|activities|services|api|worker|cli)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'services/database/generated' },
    parser: 'swc', // TypeScript 7 has no parser for other programs
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
