// Loaded into mapaudit by a test: makes one of its facts wrong, to prove that the ledger would notice.
import { register } from 'node:module';

const { MUTANT_PLAN: plan, MUTANT_OBJECT: object, MUTANT_HOOK: hook } = process.env;
register('./mutate_hooks.mjs', import.meta.url, { data: { plan, object, hook } });
