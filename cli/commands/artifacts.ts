import { type Artifact, ArtifactList } from '../../contracts/artifact.ts';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { query } from '../query.ts';
import { saveFile, writeAll } from '../save-file.ts';

type Options = { readonly workspace: string; readonly save?: string };

/** Lists the evidence of a scan, or fetches one file of it and holds the file to its digest. */
export async function artifacts(
  context: Context,
  testId: string,
  wanted: string | undefined,
  { workspace, save }: Options,
): Promise<ExitCode> {
  const { api, output } = context;
  const client = api();
  const path = `/v1/security-scans/${encodeURIComponent(testId)}/artifacts`;
  const scope = query({ workspace_id: workspace });
  const list = await client.get(`${path}${scope}`, ArtifactList);
  if (wanted === undefined) {
    output.result(list, () => {
      output.table(['NAME', 'PATH', 'SIZE', 'SHA256'], list.artifacts.map(row));
      const held = list.artifacts.filter((file) => file.held).length;
      if (held > 0) output.note(`personal data was found in ${held} of them: those are for reviewers alone`);
      if (list.store === null) output.note('there is no evidence yet');
    });
    return EXIT.ok;
  }
  const artifact = find(list, wanted);
  const bytes = await client.download(`${path}/${artifact.path}${scope}`);
  if (save === '-') await writeAll(context.stdout, bytes, artifact);
  else output.note(`saved ${await saveFile(context.workingDirectory, save, bytes, artifact)}`);
  return EXIT.ok;
}

function row({ name, path, size, sha256 }: Artifact): string[] {
  return [name ?? '-', path, String(size), sha256];
}

function find({ artifacts: all, test_id }: ArtifactList, wanted: string): Artifact {
  const found = all.find(({ path }) => path === wanted) ?? all.find(({ name }) => name === wanted);
  if (found) return found;
  throw new CommandError('not_found', EXIT.notFound, `the evidence of ${test_id} has no ${wanted}`);
}
