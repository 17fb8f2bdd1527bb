import { downloadAdvisories, loadAdvisories, showAdvisories } from '../commands/advisories.ts';
import { type Words, withFormat } from './options.ts';

/** The offline database of known vulnerabilities. */
export function advisoryCommands({ program, runs }: Words): void {
  const advisories = program
    .command('advisories')
    .description('the offline database of known vulnerabilities');
  withFormat(advisories.command('download'))
    .description('fetch the exports of OSV and make them ready for scans')
    .option('--ecosystem <names...>', 'only of these: npm, PyPI, Go, …; by default all that are read')
    .option('--to <folder>', 'where to; by default the folder that scans use')
    .option('--from <url>', 'where the exports are, when not at OSV')
    .option('--no-load', 'only fetch, and load later')
    .action(runs(downloadAdvisories));
  withFormat(advisories.command('load <sources...>'))
    .description('make exports ready that were brought along: a folder of them, or single ones')
    .option('--ecosystem <names...>', 'only of these; which one a single export is of')
    .option('--to <folder>', 'where what single exports hold goes; by default the folder that scans use')
    .action(runs(loadAdvisories));
  withFormat(advisories.command('status [folder]'))
    .description('what is there to scan with, and how old it is; by default in the folder that scans use')
    .action(runs(showAdvisories));
}
