import { MapauditError } from '../base/errors.ts';
import { MAP_OPS, type MapOp } from '../model/map_op.ts';
import type { JsonSchema } from './schema/json_schema.ts';

/** One parameter of an address: its name, what the document says of it, and what its text means. */
export interface Parameter<T> {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly required?: true;
  /** Error: anything but `undefined` in `problem`, which ends the sentence "the parameter NAME …". */
  readonly parse: (text: string) => T | Problem;
}

/** Why a text is no value of a parameter. */
export class Problem {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An error that names the parameter; answered with status 400. */
export function badParameter(
  name: string,
  problem: string,
  hint = 'What it takes stands in /api/v1/openapi.json; on the page, begin again on the overview.',
): MapauditError {
  return new MapauditError('bad-parameter', `the parameter ${name} ${problem}`, {
    fields: { parameter: name },
    hint,
  });
}

/** Texts that name something may not be longer: no name in a program is. */
const LONGEST = 4096;
/** Expressions that somebody types. */
const LONGEST_PATTERN = 300;

export const TIME_SCHEMA: JsonSchema = { type: 'integer', minimum: 0, description: 'Unix milliseconds' };
/** The last moment that a Date can tell. */
const LAST_TIME = 8.64e15;

/** A moment in Unix milliseconds. */
export function timeParameter(name: string, description: string): Parameter<number> {
  return {
    name,
    description,
    schema: TIME_SCHEMA,
    parse: (text) =>
      /^\d{1,16}$/.test(text) && Number(text) <= LAST_TIME
        ? Number(text)
        : new Problem('is no time in Unix milliseconds'),
  };
}

/** A whole number between two. */
export function numberParameter(
  name: string,
  description: string,
  least: number,
  most: number,
): Parameter<number> {
  return {
    name,
    description,
    schema: { type: 'integer', minimum: least, maximum: most },
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
      if (value !== undefined && value >= least && value <= most) return value;
      return new Problem(`is no whole number from ${least} to ${most}`);
    },
  };
}

/** A text as it is, without an empty one. */
export function textParameter(
  name: string,
  description: string,
  more: { readonly required?: true; readonly longest?: number } = {},
): Parameter<string> {
  const longest = more.longest ?? LONGEST;
  return {
    name,
    description,
    schema: { type: 'string', minLength: 1, maxLength: longest },
    ...(more.required === undefined ? {} : { required: more.required }),
    parse: (text) => {
      if (text === '') return new Problem('is empty');
      return text.length <= longest ? text : new Problem(`is longer than ${longest} characters`);
    },
  };
}

/** A text of one form. */
export function formParameter(
  name: string,
  description: string,
  pattern: RegExp,
  example: string,
): Parameter<string> {
  return {
    name,
    description,
    schema: { type: 'string', pattern: pattern.source },
    parse: (text) => (pattern.test(text) ? text : new Problem(`is not of the form ${example}`)),
  };
}

/** A JavaScript regular expression. */
export function regexParameter(name: string, description: string): Parameter<string> {
  return {
    name,
    description,
    schema: { type: 'string', maxLength: LONGEST_PATTERN },
    parse: (text) => {
      if (text === '') return new Problem('is empty');
      if (text.length > LONGEST_PATTERN) return new Problem(`is longer than ${LONGEST_PATTERN} characters`);
      try {
        new RegExp(text, 'u');
        return text;
      } catch {
        return new Problem('is no regular expression');
      }
    },
  };
}

/** One of several words. */
export function choiceParameter<T extends string>(
  name: string,
  description: string,
  words: readonly T[],
): Parameter<T> {
  return {
    name,
    description,
    schema: { enum: words },
    parse: (text) => words.find((word) => word === text) ?? new Problem(`is none of ${words.join(', ')}`),
  };
}

export const OP: Parameter<MapOp> = choiceParameter('op', 'One operation', MAP_OPS);
