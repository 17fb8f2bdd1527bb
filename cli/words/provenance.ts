import { lookup } from '../commands/lookup.ts';
import { provenance } from '../commands/provenance.ts';
import { type Words, withFormat, withWorkspace } from './options.ts';

/** Where things come from, and what knows them. */
export function provenanceCommands({ program, runs }: Words): void {
  withFormat(withWorkspace(program.command('provenance <test_id>')))
    .description('where a scan comes from, who vouched for it, and how far that can be trusted')
    .option('--graph', 'print nodes and edges instead, as JSON')
    .action(runs(provenance));
  withFormat(program.command('lookup <digest>'))
    .description('bundles, permits, promotions and violations that know a SHA-256')
    .action(runs(lookup));
}
