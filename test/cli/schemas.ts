import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Where the schemas of all results lie. */
export const SCHEMAS = new URL('../../docs/schema/', import.meta.url);

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
for (const file of readdirSync(SCHEMAS))
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, SCHEMAS), 'utf8')) as object);

/** Why a value does not fit its schema, or undefined when it does. */
export function misfit(value: { readonly type: string }): string | undefined {
  const validate = ajv.getSchema(`${value.type}.json`);
  if (validate === undefined) return `no schema for ${value.type}`;
  return validate(JSON.parse(JSON.stringify(value))) === true ? undefined : ajv.errorsText(validate.errors);
}
