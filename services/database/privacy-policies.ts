import { settingVersions } from './setting-versions.ts';

export const privacyPolicies = settingVersions('privacy_policies');
