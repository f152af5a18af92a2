import type { GeneratedFile } from '../../protocol/rules.ts';
import type { RulesFile } from '../../rules/definition.ts';
import { alertRules, alertTests } from './alerts.ts';
import { overviewDashboard, programDashboard } from './grafana.ts';

/** Alert rules for Prometheus with tests for promtool, and dashboards for Grafana. */
export function dashboardFiles(file: RulesFile): readonly GeneratedFile[] {
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    { path: 'prometheus/mapaudit-alerts.yml', text: alertRules(file) },
    { path: 'prometheus/mapaudit-alerts-test.yml', text: alertTests(file) },
    { path: 'grafana/mapaudit-overview.json', text: json(overviewDashboard()) },
    { path: 'grafana/mapaudit-program.json', text: json(programDashboard()) },
  ];
}
