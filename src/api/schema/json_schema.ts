/** A JSON schema, as far as it is written here: draft 2020-12, which OpenAPI 3.1 takes as it is. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
}

type Properties = Readonly<Record<string, JsonSchema>>;

export const TEXT: JsonSchema = { type: 'string' };
export const BOOL: JsonSchema = { type: 'boolean' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
export const NUMBER: JsonSchema = { type: 'number', minimum: 0 };
export const SHARE: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };
export const TIME: JsonSchema = { type: 'integer', minimum: 0, description: 'Unix milliseconds' };
export const ADDRESS: JsonSchema = { type: 'string', pattern: '^0x[0-9a-f]+$' };

/** An object with these fields and no other. */
export const object = (required: Properties, optional: Properties = {}): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

/** An object of the union of answers: `type` says which. */
export const answer = (type: string, required: Properties, optional: Properties = {}): JsonSchema =>
  object({ type: { const: type }, ...required }, optional);

export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** The same schema with words on it. */
export const said = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });
