import { join } from 'node:path';
import { loadSettings } from '../../services/config/load.ts';
import { exitOnBadConfiguration } from '../../services/config/require.ts';
import { ensureLocalKeys } from '../../services/keys/local-keys.ts';
import { ensureLocalToken } from '../../services/keys/local-token.ts';

/**
 * The role `keys` of the container: makes keys and token at the first start and finds them ever after. Each folder it
 * writes is a volume of its own, of which every other container is given no more than one private one.
 */
try {
  const { CERTUS_HOME } = loadSettings(process.env).settings;
  const keys = await ensureLocalKeys(CERTUS_HOME);
  const token = await ensureLocalToken(join(CERTUS_HOME, 'api'));
  process.stdout.write(`keys and token are in place: ${keys.keySetFile}, ${token}\n`);
} catch (error) {
  exitOnBadConfiguration(error);
}
