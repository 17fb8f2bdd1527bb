/** By what name tools that mean the same say it: ruff's S602 is bandit's B602; others that name a rule alike mean the same. */
export function familyOf(tool: string, rule: string): string {
  const number = /^(?:bandit|ruff)$/i.test(tool) ? /^[BS](\d{3})$/.exec(rule)?.[1] : undefined;
  if (number !== undefined) return `bandit ${number}`;
  return OURS.get(`${tool} ${rule}`.toLowerCase()) ?? rule.toLowerCase();
}

/** What others say of a container without naming a weakness, by our own rule for it. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['checkov ckv_docker_7', 'hygiene/unpinned-image'],
  ['checkov ckv_docker_8', 'hygiene/container-runs-as-root'],
  ['hadolint dl3002', 'hygiene/container-runs-as-root'],
  ['hadolint dl3006', 'hygiene/unpinned-image'],
  ['hadolint dl3007', 'hygiene/unpinned-image'],
  ['trivy ds001', 'hygiene/unpinned-image'],
  ['trivy ds002', 'hygiene/container-runs-as-root'],
  ['trivy ds-0001', 'hygiene/unpinned-image'],
  ['trivy ds-0002', 'hygiene/container-runs-as-root'],
]);
