import { BUNDLE } from '../../contracts/bundle.ts';
import type { ChainLink, ProvenanceGraph } from '../../contracts/provenance.ts';
import type { ChainFacts } from './chain-facts.ts';
import { judgeChain, linkOf } from './judge-chain.ts';

type Node = ProvenanceGraph['nodes'][number];

/** The same facts as what hangs on what, for a console to draw. */
export function provenanceGraph(facts: ChainFacts): ProvenanceGraph {
  const { run } = facts;
  const graph = new Graph();
  const scan = graph.node('scan', run.testId, run.testId, null, {
    component: run.component,
    upload_status: run.uploadStatus,
    created_at: run.createdAt,
  });
  drawInputs(graph, scan, facts);
  const bundle = drawBundle(graph, scan, facts);
  if (bundle !== undefined) drawStatements(graph, bundle, facts);
  drawPlaces(graph, bundle ?? scan, facts);
  drawLog(graph, facts);
  const { status, level } = judgeChain(facts);
  return {
    scan_id: run.testId,
    workspace_id: run.workspace,
    ...graph.drawn(),
    chain_status: status,
    trust_level: level,
  };
}

function drawInputs(graph: Graph, scan: string, { run, document, manifestVersion }: ChainFacts): void {
  const source = document?.source ?? run.source;
  const digest = document?.content_hash ?? run.contentHash;
  const data = { commit: document?.git_commit ?? run.commit, content_hash: digest };
  graph.edge(scan, graph.node('source', source, source, null, data), 'looked_at');
  const manifest = document?.manifest_digest ?? run.manifestDigest;
  if (manifest !== null) {
    const node = graph.node('manifest', manifest, manifest, null, { version: manifestVersion });
    graph.edge(scan, node, 'ruled_by');
    const by = document?.manifest_signed_by ?? null;
    if (by !== null) graph.edge(node, graph.key(by), 'signed_by');
  }
  for (const { tool, version, outcome, findings } of document?.tools ?? run.tools)
    graph.edge(scan, graph.node('tool', tool, tool, null, { version, outcome, findings }), 'looked_with');
}

function drawBundle(graph: Graph, scan: string, { inspection, store }: ChainFacts): string | undefined {
  if (inspection === null) return undefined;
  const { bundleDigest, index, links } = inspection;
  const state = linkOf(links, 'files')?.state ?? null;
  const data = { store, files: index?.files.length ?? null };
  const bundle = graph.node('bundle', bundleDigest, `sha256:${bundleDigest}`, state, data);
  graph.edge(scan, bundle, 'made');
  return bundle;
}

function drawStatements(graph: Graph, bundle: string, { inspection, attached, permits }: ChainFacts): void {
  const links = inspection?.links ?? [];
  const provenance = drawLink(graph, 'statement', BUNDLE.provenance, linkOf(links, 'inner_signature'));
  graph.edge(provenance, bundle, 'about');
  for (const { digest, predicateType, keyId, fault } of attached) {
    const state = fault === null ? 'holds' : 'fails';
    const node = graph.node('statement', digest, predicateType, state, { digest, fault });
    graph.edge(node, bundle, 'about');
    graph.edge(node, graph.key(keyId), 'signed_by');
  }
  for (const { id, permitted, tier, reason, decidedAt, bypass, tainted } of permits) {
    const own = inspection?.permit?.id === id ? linkOf(links, 'permit') : undefined;
    const data = { permitted, tier, reason, bypass, decided_at: decidedAt, tainted: tainted.length > 0 };
    const node = graph.node('permit', id, id, own?.state ?? null, data);
    graph.edge(node, bundle, permitted ? 'permits' : 'refuses');
    if (own?.signer) graph.edge(node, graph.key(own.signer), 'signed_by');
    for (const { key_id } of tainted) graph.edge(node, graph.key(key_id), 'tainted_by');
  }
}

function drawPlaces(graph: Graph, what: string, facts: ChainFacts): void {
  const { run, inspection, quarantine, uses } = facts;
  const promotion = inspection ? linkOf(inspection.links, 'promotion') : undefined;
  if (promotion && promotion.state !== 'absent') {
    const node = drawLink(graph, 'promotion', BUNDLE.promotion, promotion);
    graph.edge(node, what, 'promotes');
    if (inspection?.permit) graph.edge(node, graph.id('permit', inspection.permit.id), 'uses');
  }
  if (quarantine) {
    const { at, signer, detail } = quarantine;
    const node = graph.node('quarantine', run.testId, detail, signer ? 'holds' : 'fails', { at });
    graph.edge(node, what, 'withdraws');
    if (signer) graph.edge(node, graph.key(signer), 'signed_by');
  }
  for (const [name, place] of [
    ['bundle', run.bundle],
    ['golden', run.goldenManifest],
    ['oci', run.ociReference],
  ] as const) {
    if (place === null) continue;
    const used = uses.find(({ destination }) => destination === name);
    const node = graph.node('location', place, place, null, { used_at: used?.usedAt ?? null });
    graph.edge(what, node, 'lies_at');
  }
}

function drawLog(graph: Graph, { log, permits, run }: ChainFacts): void {
  for (const { index, entryId, entry } of log) {
    const { kind, name, at } = entry;
    const node = graph.node('log_entry', entryId, `${kind} ${index}`, null, { index, kind, name, at });
    const permit = permits.find(({ id, logEntryId }) => logEntryId === entryId || id === name);
    graph.edge(node, permit ? graph.id('permit', permit.id) : graph.id('scan', run.testId), 'records');
  }
}

function drawLink(graph: Graph, kind: Node['kind'], name: string, link: ChainLink | undefined): string {
  const node = graph.node(kind, name, name, link?.state ?? null, {
    at: link?.at ?? null,
    detail: link?.detail ?? null,
    fault: link?.fault?.code ?? null,
  });
  if (link?.signer) graph.edge(node, graph.key(link.signer), 'signed_by');
  return node;
}

/** Each node once, whoever leads to it, and each edge once. */
class Graph {
  readonly #nodes = new Map<string, Node>();
  readonly #edges = new Map<string, ProvenanceGraph['edges'][number]>();

  id(kind: Node['kind'], name: string): string {
    return `${kind}:${name}`;
  }

  node(kind: Node['kind'], name: string, label: string, state: Node['state'], data: Node['data']): string {
    const id = this.id(kind, name);
    if (!this.#nodes.has(id)) this.#nodes.set(id, { id, kind, label, state, data });
    return id;
  }

  key(keyId: string): string {
    return this.node('key', keyId, keyId, null, {});
  }

  edge(from: string, to: string, relation: string): void {
    this.#edges.set(`${from}\n${relation}\n${to}`, { from, to, relation });
  }

  drawn(): Pick<ProvenanceGraph, 'nodes' | 'edges'> {
    return { nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }
}
