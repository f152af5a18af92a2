export type { Action, Expectation, Rule, RulesFile } from './definition.ts';
export { DEFAULT_RULES } from './default.ts';
export { type RulesSink, type RuleState, rulesSink } from './engine.ts';
export { loadRules } from './load.ts';
export { neededOps } from './needed_ops.ts';
