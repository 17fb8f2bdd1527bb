import type { BuiltInTool } from '../../../contracts/tools.ts';
import type { BuiltInScanner } from './built-in-tool.ts';

/** Loaded in the thread that runs it, and only there: parsers and rules of others cost a worker memory it may not need. */
export const SCANNERS: Readonly<Record<BuiltInTool, () => Promise<BuiltInScanner>>> = {
  secrets: async () => (await import('./secrets.ts')).scanSecrets,
  sast: async () => (await import('./sast.ts')).scanCode,
  hygiene: async () => (await import('./hygiene.ts')).scanHygiene,
  privacy: async () => (await import('./privacy.ts')).scanPrivacy,
  sbom: async () => (await import('./sbom.ts')).scanSbom,
  licenses: async () => (await import('./licenses.ts')).scanLicenses,
  vulnerabilities: async () => (await import('./vulnerabilities.ts')).scanVulnerabilities,
};
