import { describe, expect, test } from '@jest/globals';
import { RuleBudget } from '../../../domain/policy/rule-budget.ts';
import { EXAMPLE, type RuleFacts, type RuleFinding } from '../../../domain/policy/rule-facts.ts';
import { checkRule, evaluateRules } from '../../../domain/policy/rules.ts';
import { decided, judge, many } from './gate-fixture.ts';

const example = EXAMPLE.findings[0] as RuleFinding;
const facts = (about: Partial<RuleFacts> = {}): RuleFacts => ({ ...EXAMPLE, ...about });
const ask = (deny: string, about: Partial<RuleFacts> = {}, budget?: RuleBudget) =>
  evaluateRules([{ name: 'r', deny }], facts(about), budget)[0]!;
const lots = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ ...example, line: BigInt(at), path: `src/${at}.ts` }));

describe('a rule', () => {
  test.each([
    ["findings.exists(f, f.kind == 'vulnerability' && f.score >= 7.0)", false],
    ["findings.exists(f, f.kind == 'secret')", true],
    ['counts.critical + counts.high > 1', true],
    ['size(new_findings) > 0', false],
    ["scan.branch == 'main' && counts.high > 0", false],
    ["tools.all(t, t.outcome == 'completed')", false],
    ["tools.exists_one(t, t.id == 'secrets')", false],
    ["components.exists(c, c.licenses.exists(l, l.startsWith('GPL')))", true],
    ["findings.filter(f, f.severity == 'high').map(f, f.path).exists(p, p.endsWith('.json'))", false],
    ["findings.exists(f, f.path.matches('^pack.*-lock'))", false],
    ["findings.exists(f, 'CVE-2024-1' in f.identifiers)", false],
    ['[1, 2].map(x, x * 2) == [2, 4]', false],
    ['[1, 2, 3].filter(x, x > 1).size() == 2', false],
    ['[[1], [2]].map(x, x.map(y, y + 1)) == [[2], [3]]', false],
  ])('%s passes: %s', (deny, passes) => {
    expect(ask(deny).passed).toBe(passes);
    expect(checkRule(deny)).toBeUndefined();
  });

  test('that denies says so in its own words', () => {
    const [result] = evaluateRules([{ name: 'r', deny: 'true', message: 'not on a Friday' }], facts());
    expect(result).toEqual({ name: 'r', passed: false, message: 'not on a Friday' });
    expect(ask('true').message).toBe('denied by true');
    expect(ask('false')).toEqual({ name: 'r', passed: true, message: null });
  });

  test.each([
    ['1 / 0 == 1', 'divide by zero'],
    ["findings[7].kind == 'secret'", ''],
    ['findings.size()', 'neither true nor false'],
    ['timestamp(scan.tag) > timestamp(scan.branch)', ''],
  ])('that cannot be evaluated has not passed: %s', (deny, why) => {
    const result = ask(deny);
    expect(result.passed).toBe(false);
    expect(result.message).toContain('cannot be evaluated');
    expect(result.message).toContain(why);
  });

  test('about components has not passed where nobody has listed them', () => {
    const deny = "components.exists(c, c.name == 'left-pad')";
    expect(ask(deny, { components: null })).toMatchObject({
      passed: false,
      message: expect.stringContaining('bill of materials'),
    });
    expect(ask(deny, { components: [] }).passed).toBe(true);
  });

  test('sees what the gate sees: nothing that a person has answered for', () => {
    const [known, other] = many('high', 2, { kind: 'secret' });
    const profile = { rules: [{ name: 'no secrets', deny: "findings.exists(f, f.kind == 'secret')" }] };
    const triage = new Map([decided(known!, { state: 'false_positive' })]);
    expect(judge([known!], profile, { triage }).policy.passed).toBe(true);
    expect(judge([known!, other!], profile, { triage }).policy.violations).toEqual([
      expect.stringMatching(/^rule no secrets: /),
    ]);
  });
});

describe('what is wrong with a rule is said with its manifest', () => {
  test.each([
    ['', 'it is not CEL'],
    ['findings.exists(', 'it is not CEL'],
    ['count.high > 1', 'there is no variable "count"'],
    ["findings.exists(f, f.severty == 'high')", 'there is no field "severty"'],
    ["findings.filter(f, true).exists(f, f.pth == 'x')", 'there is no field "pth"'],
    ['counts.hihg > 1', 'there is no field "hihg"'],
    ['findings.map(f, f.path).exists(p, q == p)', 'there is no variable "q"'],
    ['exec("rm")', 'there is no function "exec"'],
    ['constructor', 'there is no variable "constructor"'],
    ['scan.__proto__ == 1', 'there is no field "__proto__"'],
    ['google.protobuf.Any{} == 1', 'there is no type'],
    ['counts.high > "a"', 'overload'],
    ['findings.size()', 'neither true nor false'],
    ["scan.branch.matches('(')", 'is not one'],
    ['scan.branch.matches(scan.tag)', 'written out'],
    ["scan.branch.matches('((a{50}){50}){50}')", 'repeats too much'],
    [`${'['.repeat(300)}${']'.repeat(300)} == []`, 'nested too deeply'],
    [`${'['.repeat(2000)}${']'.repeat(2000)} == []`, 'nested too deeply'],
    [`[${'1,'.repeat(99)}1].all(a, [${'1,'.repeat(99)}1].all(b, a >= b))`, 'more work'],
    ['[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))', 'loops within each other'],
  ])('%s', (expression, problem) => {
    expect(checkRule(expression)).toContain(problem);
    expect(ask(expression).passed).toBe(false);
  });
});

describe('what a hostile manifest asks for is paid for', () => {
  const budget = () => new RuleBudget(200_000);

  test.each([
    ['loops in loops', 'findings.all(f, findings.exists(g, g.line == f.line && false) || true)'],
    ['loops that end at once', 'findings.all(f, findings.exists(g, true))'],
    ['lists compared in loops', 'findings.all(f, findings == findings)'],
    ['lists searched in loops', "findings.all(f, !('x' in findings.map(g, g.path)))"],
    ['lists that double', '[findings].map(a, a + a + a + a + a + a + a + a)[0].all(f, true)'],
    [
      'texts that double',
      `['${'a'.repeat(64)}'].map(a, ${Array(100).fill('a').join(' + ')}).map(a, ${Array(100).fill('a').join(' + ')}).map(a, a + a + a + a)[0].contains('b')`,
    ],
    ['errors in loops', 'findings.exists(f, findings.exists(g, g.line / 0 == 1))'],
    ['patterns over long texts', "findings.all(f, f.message.matches('\\\\pL{100}'))"],
  ])('%s', (_, deny) => {
    const findings = lots(2000).map((finding) => ({ ...finding, message: 'ä'.repeat(500) }));
    expect(ask(deny, { findings }, budget())).toMatchObject({
      passed: false,
      message: expect.stringMatching(/more work than they may|too long/),
    });
  });

  test('and cannot be talked out of by what comes after it', () => {
    const deny = 'findings.all(f, findings.all(g, g.line >= 0)) || true';
    expect(ask(deny, { findings: lots(2000) }, budget()).message).toContain('more work');
    expect(ask(`!(${deny})`, { findings: lots(2000) }, budget()).passed).toBe(false);
  });

  test('by all rules together', () => {
    const rules = Array.from({ length: 20 }, (_, at) => ({
      name: `r${at}`,
      deny: "findings.exists(f, f.kind == 'secret')",
    }));
    const results = evaluateRules(rules, facts({ findings: lots(1000) }), budget());
    expect(results[0]?.passed).toBe(true);
    expect(results.at(-1)?.passed).toBe(false);
  });
});

test('a sober rule goes through a hundred thousand findings', () => {
  const findings = lots(100_000);
  expect(ask("findings.filter(f, f.severity == 'high').all(f, f.line < 100000)", { findings })).toMatchObject(
    {
      passed: false,
      message: expect.stringContaining('denied'),
    },
  );
});
