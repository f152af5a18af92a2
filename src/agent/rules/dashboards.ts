import { dashboardFiles } from '../../export/dashboards/index.ts';
import type { DashboardsOptions, GeneratedFile } from '../../protocol/rules.ts';
import { rulesOf } from './rules.ts';

/** `dashboards`. Errors: those of `rulesOf`. */
export async function dashboards({ path }: DashboardsOptions): Promise<readonly GeneratedFile[]> {
  return await Promise.resolve(dashboardFiles(rulesOf(path)));
}
