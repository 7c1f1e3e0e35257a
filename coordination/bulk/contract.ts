import { readFileSync } from 'node:fs';
import {
  assertEnumType,
  assertInputObjectType,
  buildSchema,
  coerceInputValue,
  type GraphQLInputObjectType,
  type GraphQLInputType,
} from 'graphql';
import { suggestionList } from 'graphql/jsutils/suggestionList.js';
import { checkValues } from '../rules/index.ts';
import type { Values } from '../write.ts';

/** Why a line is refused. */
export interface Reason {
  readonly code: string;
  /** Null where it is about the line as a whole. */
  readonly attribute: string | null;
  readonly message: string;
}

const schema = buildSchema(
  readFileSync(new URL('../../schema/generated/api.graphql', import.meta.url), 'utf8'),
  { assumeValid: true, assumeValidSDL: true },
);
const updateInput = inputObject('UpdateCustomerInput');

/** The type of all changes: an input object with the attributes by name. */
export const changesType = inputObject('CustomerChangesInput');
/** The enumeration of systems. */
export const systemType = assertEnumType(schema.getType('System'));

function inputObject(name: string): GraphQLInputObjectType {
  return assertInputObjectType(schema.getType(name));
}

/** The reason in the words of a line that is not made as it should be. */
export const malformed = (message: string): Reason => ({ code: 'BAD_USER_INPUT', attribute: null, message });

/** A reason in one line: `CODE attribute: message`. */
export function reasonText({ code, attribute, message }: Reason): string {
  return `${code}${attribute === null ? '' : ` ${attribute}`}: ${message}`;
}

/** `Did you mean "segment"?`, with a blank before it; empty where nothing is near. */
export function nearest(name: string, known: readonly string[]): string {
  const names = suggestionList(name, known).slice(0, 3);
  return names.length === 0 ? '' : ` Did you mean ${names.map((one) => `"${one}"`).join(' or ')}?`;
}

/** What speaks against a value of an input type, each with its place. */
export function complaintsOf(
  value: unknown,
  type: GraphQLInputType,
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const complaints: ReturnType<typeof complaintsOf> = [];
  coerceInputValue(value, type, (path, _, { message }) => {
    complaints.push({ path, message });
  });
  return complaints;
}

/** Everything that speaks against the input of a write before anybody is asked, all at once. */
export function reasonsAgainst(input: { readonly changes: Values } & Values): readonly Reason[] {
  const shape = complaintsOf(input, updateInput).map(({ path, message }): Reason => {
    const [member, attribute, ...rest] = path;
    if (member === 'changes' && attribute !== undefined)
      return { code: 'INVALID_VALUE', attribute: String(attribute), message: placed(rest, message) };
    return malformed(placed(member === undefined ? [] : [member], message));
  });
  const wrong = new Set(shape.map(({ attribute }) => attribute));
  const values = checkValues('Customer', input.changes)
    .refusals.filter(({ attribute }) => !wrong.has(attribute))
    .map(({ code, attribute, path, message }): Reason => ({
      code,
      attribute,
      message: placed(path, message),
    }));
  return [...shape, ...values];
}

function placed(path: readonly (string | number)[], message: string): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
