import { API_VERSION } from '../protocol/api.ts';
import type { Parameter } from './parameter.ts';
import { type Route, ROUTES } from './routes.ts';
import { SCHEMAS } from './schema/index.ts';

/** Where all addresses begin. */
export const BASE = `/api/v${API_VERSION}`;

/** The document of the API in OpenAPI 3.1. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ROUTES)
    (paths[`${BASE}${route.path}`] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'mapaudit',
      version,
      description:
        'What running Go programs do to their maps. Read-only. Times are Unix milliseconds; counts are exact unless a field says sampled.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ cookie: [] }, { bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of the page’s address' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'mapaudit_PORT',
          description: 'Set by the page’s address, /?token=TOKEN; PORT is the port it listens on',
        },
      },
      schemas: SCHEMAS,
    },
  };
}

function operation({ method, path, summary, parameters, answers, how }: Route): object {
  const schema = { $ref: `#/components/schemas/${answers}` };
  return {
    operationId: path.slice(1),
    summary,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterOf) }),
    ...(method === 'POST' ? { requestBody: SQL_BODY } : {}),
    responses: {
      200: {
        description: how.type === 'json' ? 'The answer' : 'One JSON of this schema a message',
        content: { [how.type === 'json' ? 'application/json' : 'text/event-stream']: { schema } },
      },
      ...Object.fromEntries(ERRORS.map(([status, description]) => [status, failed(description)])),
    },
  };
}

const parameterOf = ({ name, description, schema, required }: Parameter<unknown>): object => ({
  name,
  in: 'query',
  description,
  required: required === true,
  schema,
});

const ERRORS: readonly (readonly [number, string])[] = [
  [400, 'A parameter or a statement is wrong; the message names it'],
  [401, 'No token, or a wrong one'],
  [403, 'The Host or Origin is not that of this service'],
  [404, 'It is not there, or not any more'],
  [503, 'Too much is asked at the same time'],
];

const failed = (description: string): object => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

const SQL_BODY = {
  required: true,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['sql'],
        properties: { sql: { type: 'string' } },
      },
    },
    'text/plain': { schema: { type: 'string' } },
  },
};
