import { CertusError } from '../../contracts/errors.ts';
import { loadSettings } from '../config/load.ts';
import { exitOnBadConfiguration, requireSettings } from '../config/require.ts';
import { migrate } from './migrate.ts';

/** The role `migrate` of the container: brings the database to this release and exits. */
try {
  const settings = requireSettings(loadSettings(process.env).settings, ['CERTUS_DATABASE_URL']);
  const { applied } = await migrate(settings.CERTUS_DATABASE_URL);
  process.stdout.write(applied.length === 0 ? 'nothing to migrate\n' : `migrated: ${applied.join(', ')}\n`);
} catch (error) {
  if (!(error instanceof CertusError)) exitOnBadConfiguration(error);
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
