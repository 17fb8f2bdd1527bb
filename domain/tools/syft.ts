import { type ToolDeclaration, USUAL_LIMITS } from './declaration.ts';

export const syft: ToolDeclaration = {
  title: 'Syft',
  category: 'sbom',
  find: {
    commands: ['syft'],
    versionArgs: ['version'],
    pattern: /^Version:\s+v?(\d+\.\d+\.\d+)/m,
    goModule: 'github.com/anchore/syft',
    install: 'https://oss.anchore.com/docs/installation/syft/',
  },
  args: ['scan', 'dir:{source}', '--source-name=source', '--quiet', '--output=cyclonedx-json={output}'],
  exits: { clean: [0], findings: [] },
  report: {
    from: 'file',
    format: 'cyclonedx',
    mediaType: 'application/vnd.cyclonedx+json',
    path: 'reports/sbom/syft.cdx.json',
    keep: 'masked',
  },
  cwd: 'home',
  limits: USUAL_LIMITS,
  network: false,
  environment: { SYFT_CHECK_FOR_APP_UPDATE: 'false' },
  heeds: ['timeout'],
};
