import { settingVersions } from './setting-versions.ts';

export const retentionPolicies = settingVersions('retention_policies');
