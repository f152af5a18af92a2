import { ANSWERS } from './answers.ts';
import type { JsonSchema } from './json_schema.ts';
import { PARTS } from './parts.ts';

/** All schemas of the API by name, as they stand beneath `components.schemas` of its document. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = { ...PARTS, ...ANSWERS };

export type { JsonSchema } from './json_schema.ts';
