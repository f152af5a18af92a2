// Loaded into mapaudit by a test: falsifies one fact of the plan, to prove that the ledger test would notice.
import { register } from 'node:module';

register('./mutate_hooks.mjs', import.meta.url, { data: { mutant: process.env.MUTANT } });
