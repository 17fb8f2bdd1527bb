import type { LocalKeys } from '../../services/keys/local-keys.ts';

/** What a process of the API is told of the keys of an installation. */
export const apiKeys = ({ keySetFile, operatorKeyFile, sealing, authority }: LocalKeys) => ({
  CERTUS_KEY_SET_FILE: keySetFile,
  CERTUS_OPERATOR_KEY_FILE: operatorKeyFile,
  CERTUS_KEY_ENCRYPTION: sealing.publicKeyFile,
  CERTUS_AUTHORITY_CHAIN_FILE: authority.chainFile,
});
