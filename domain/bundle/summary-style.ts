/** All of the page's looks; its digest stands in the page's policy, so that no other style can be brought in. */
export const SUMMARY_STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #14181f; --soft: #5b6472; --line: #e2e6ec; --link: #1d5fbf;
  --good: #12733f; --good-bg: #e3f5ea; --bad: #b3202a; --bad-bg: #fdeaea; --quiet-bg: #eef1f5;
  --critical: #a3123a; --high: #d1431f; --medium: #b27500; --low: #35689f; --info: #6b7482; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0f1217; --card: #171b22; --ink: #e7eaf0; --soft: #98a2b3; --line: #2a303b; --link: #7fb2ff;
  --good: #5fd394; --good-bg: #12301f; --bad: #ff8a8a; --bad-bg: #3a1619; --quiet-bg: #212732;
  --critical: #ff6b91; --high: #ff8a5c; --medium: #e5b045; --low: #7fb0e8; --info: #98a2b3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 14px; letter-spacing: -.005em; }
h2 small { font-weight: 400; font-size: 13.5px; color: var(--soft); margin-left: 8px; }
p { margin: 0; } a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .88em; }
.soft { color: var(--soft); } .wrap { overflow-wrap: anywhere; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.kicker { color: var(--soft); font-size: 13px; margin-bottom: 6px; }
header { display: flex; gap: 24px; align-items: flex-start; justify-content: space-between; margin-bottom: 22px; }
.verdict { flex: none; border-radius: 10px; padding: 10px 20px; font-size: 19px; font-weight: 650; text-align: center; }
.verdict small { display: block; font-size: 12px; font-weight: 450; opacity: .85; }
.passed { color: var(--good); background: var(--good-bg); } .failed { color: var(--bad); background: var(--bad-bg); }
.quiet { color: var(--soft); background: var(--quiet-bg); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin-top: 16px; }
section.alarm { border-color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 14px 24px; margin: 0; }
.facts dt { color: var(--soft); font-size: 12.5px; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px; }
.tile { border-radius: 10px; background: var(--quiet-bg); padding: 12px 14px; border-top: 3px solid var(--info); }
.tile b { display: block; font-size: 26px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { text-transform: capitalize; } .tile small { display: block; color: var(--soft); font-size: 12px; min-height: 1.5em; }
.tile.critical { border-color: var(--critical); } .tile.high { border-color: var(--high); }
.tile.medium { border-color: var(--medium); } .tile.low { border-color: var(--low); }
a { white-space: nowrap; } dd code { font-size: 12.5px; } .tile small.over { color: var(--bad); font-weight: 600; }
summary { cursor: pointer; } details ul { margin-top: 8px; }
.note { margin-top: 14px; color: var(--soft); font-size: 13.5px; } .note b { color: var(--ink); font-weight: 600; }
ul { margin: 0; padding-left: 20px; } li { margin: 3px 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: 12.5px; padding: 0 12px 7px 0; border-bottom: 1px solid var(--line); }
td { padding: 9px 12px 9px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; } th.number { text-align: right; } td:last-child, th:last-child { padding-right: 0; }
.scroll { overflow-x: auto; }
.badge { display: inline-block; border-radius: 6px; padding: 1px 8px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.severity { color: #fff; background: var(--info); text-transform: capitalize; min-width: 66px; text-align: center; }
.severity.critical { background: var(--critical); } .severity.high { background: var(--high); }
.severity.medium { background: var(--medium); } .severity.low { background: var(--low); }
@media (prefers-color-scheme: dark) { .severity { color: #10131a; } }
.finding p + p { margin-top: 2px; } .finding .title { font-weight: 550; overflow-wrap: anywhere; }
.finding .meta { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.finding pre { margin: 6px 0 0; padding: 6px 10px; border-radius: 6px; background: var(--quiet-bg); white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12.5px; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; } .chip { background: var(--quiet-bg); border-radius: 6px; padding: 2px 9px; font-size: 13px; overflow-wrap: anywhere; }
footer { margin-top: 22px; color: var(--soft); font-size: 12.5px; overflow-wrap: anywhere; }
@media (max-width: 640px) { header { flex-direction: column; } .tiles { grid-template-columns: repeat(2, 1fr); } main { padding: 24px 14px; } }
@media print { :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc; --quiet-bg: #f4f4f4; --link: #000;
    --good: #0b5c31; --good-bg: #fff; --bad: #9c1620; --bad-bg: #fff; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } section { break-inside: auto; padding: 12px 14px; border-radius: 4px; }
  tr, .tile, header, dd { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; }
  .verdict, .badge, .tile { border: 1px solid currentColor; } .severity { color: #000; background: #fff !important; } .scroll { overflow: visible; } }
`;
