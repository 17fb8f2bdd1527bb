import { licenseDrafts } from '../../../domain/licenses/license-drafts.ts';
import { certusVersion } from '../../../services/config/version.ts';
import type { BuiltInScanner } from './built-in-tool.ts';
import { readComponents } from './components.ts';

/** Holds the licences that packages declare against those that the profile denies. */
export const scanLicenses: BuiltInScanner = async (context) => {
  const { components, notices } = await readComponents(context);
  const drafts = licenseDrafts(components, context.deniedLicenses);
  return { version: certusVersion(), drafts, notices, documents: [], data: null };
};
