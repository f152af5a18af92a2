import { stringify } from 'yaml';
import type { Rule, RulesFile } from '../../rules/definition.ts';

/** An alert as Prometheus has it. */
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const ABOUT = '# Made by mapaudit dashboards from its rules: change those, and make this anew.\n';

/** When nothing was counted for so long, mapaudit has ended or hangs. */
const STALE_SECONDS = 60;

/**
 * Rules as alerts of Prometheus. mapaudit itself judges what needs keys, places or single maps, and tells it as
 * `mapaudit_findings_firing`: an alert on that is the rule itself, and not something like it.
 */
export function alertRules(file: RulesFile): string {
  const rules = [...file.rules.map(alertOf), stale()];
  return ABOUT + stringify({ groups: [{ name: 'mapaudit', rules }] }, { lineWidth: 0 });
}

/** What promtool test rules is given: each alert fires on its series, and none without. */
export function alertTests(file: RulesFile): string {
  const alive = { series: 'mapaudit_window_end_timestamp_seconds', values: '0+60x20' };
  const tests = file.rules.map((rule) => {
    const alert = alertOf(rule);
    return {
      name: rule.name,
      interval: '1m',
      input_series: [alive, { series: seriesOf(rule), values: '0x4 1x16' }],
      alert_rule_test: [
        { alertname: alert.alert, eval_time: '4m', exp_alerts: [] },
        {
          alertname: alert.alert,
          eval_time: '15m',
          exp_alerts: [{ exp_labels: alert.labels, exp_annotations: alert.annotations }],
        },
      ],
    };
  });
  const old = {
    name: 'mapaudit-stale',
    interval: '1m',
    input_series: [{ series: 'mapaudit_window_end_timestamp_seconds', values: '0 60 120x20' }],
    alert_rule_test: [
      { alertname: stale().alert, eval_time: '2m', exp_alerts: [] },
      {
        alertname: stale().alert,
        eval_time: '10m',
        exp_alerts: [{ exp_labels: stale().labels, exp_annotations: stale().annotations }],
      },
    ],
  };
  return (
    ABOUT +
    stringify(
      { rule_files: ['mapaudit-alerts.yml'], evaluation_interval: '1m', tests: [...tests, old] },
      { lineWidth: 0 },
    )
  );
}

function alertOf(rule: Rule): AlertRule {
  const { name, title, severity } = rule;
  return {
    alert: alertName(name),
    // The rule has already seen that it lasts.
    expr: `sum by (rule, severity) (mapaudit_findings_firing{rule=${JSON.stringify(name)}}) > 0`,
    labels: { severity, rule: name },
    annotations: {
      summary: title ?? name,
      description: `mapaudit has findings of its rule ${name} (${rule.kind}). Its page names maps, places and numbers.`,
    },
  };
}

const seriesOf = ({ name, severity }: Rule): string =>
  `mapaudit_findings_firing{rule=${JSON.stringify(name)}, severity=${JSON.stringify(severity)}}`;

const stale = (): AlertRule => ({
  alert: 'MapauditStale',
  expr: `time() - mapaudit_window_end_timestamp_seconds > ${STALE_SECONDS}`,
  for: '1m',
  labels: { severity: 'warning' },
  annotations: {
    summary: 'mapaudit counts nothing',
    description: `No window was closed for more than ${STALE_SECONDS} seconds: mapaudit hangs, or audits nothing.`,
  },
});

/** `delete-storm` -> `MapauditDeleteStorm` */
const alertName = (name: string): string =>
  `Mapaudit${name
    .split(/[-_]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')}`;
