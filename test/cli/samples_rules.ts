import type {
  FindingLine,
  RulesChecked,
  RulesLine,
  RulesOptions,
  RulesTested,
} from '../../src/protocol/rules.ts';

const AT = Date.parse('2026-03-01T12:00:10Z');

/** A finding as rules test prints it. */
export const findingSample: FindingLine = {
  type: 'finding',
  id: '00aa11bb22cc33dd',
  rule: 'delete-storm',
  severity: 'critical',
  state: 'firing',
  title: 'Delete storm: 2,140 deletes/s on map[string]*shop.Session\u001b[2J',
  process: { pid: 7, name: 'shop', started: 1000, build_id: 'ab' },
  map_type: 'map[string]*shop.Session',
  map: '0xc000',
  site: { function: 'shop.(*Cache).evict', file: '/src/cache.go', line: 88 },
  prefix: '"sess:eu-',
  evidence: [{ text: '2,140 deletes/s over the last 2 s.', from: AT - 2000, to: AT }],
  since: AT - 10_000,
  fired_at: AT,
  last_seen: AT,
};

export const rulesChecked: RulesChecked = {
  type: 'rules',
  file: 'rules.yaml',
  rules: [{ name: 'delete-storm', kind: 'rate', severity: 'critical' }],
  disabled: ['map-too-large'],
  actions: [{ name: 'ops', kind: 'webhook' }],
};

export const rulesTested: RulesTested = {
  type: 'rules_tested',
  file: 'rules.yaml',
  recording: 'incident.mapaudit',
  from: AT - 60_000,
  to: AT,
  rules: [{ name: 'delete-storm', fired: 1, resolved: 0, beyond: 3 }],
  expected: [
    { rule: 'delete-storm', wanted: 'fires', met: true },
    { rule: 'delete-storm', wanted: 'recovers', met: false },
  ],
  ok: false,
};

/** What the fake answers. */
export async function* rulesAnswered(options: RulesOptions): AsyncGenerator<readonly RulesLine[]> {
  await Promise.resolve();
  if (options.do === 'default') yield [{ type: 'text', text: 'version: 1\n' }];
  else if (options.do === 'check') yield [rulesChecked];
  else yield [{ type: 'told', at: AT, finding: findingSample }, rulesTested];
}
