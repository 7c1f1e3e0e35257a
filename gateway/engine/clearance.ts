import {
  isCompositeType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { holds, type Principal } from '../../runtime/principal.ts';
import { describeAccess, isOpen, open, permits, type Access, type Policies } from '../../schema/access.ts';
import type { Mask } from '../../schema/personal.ts';
import type { Reading } from '../../schema/readings.ts';
import { possibleNames } from './definitions.ts';

/** How a field of objects of one type is answered. */
export interface Verdict {
  /** Why it is not; absent where it is. */
  readonly refusal?: string;
  /** What is shown of its value, and of which field that value is; absent where it is shown whole. */
  readonly mask?: Mask;
  readonly of?: string;
  /** Coordinates, where the value is personal and shown whole. */
  readonly personal?: readonly string[];
}

/** What one operation may show to all who are answered alike. */
export interface Clearance {
  verdict(type: string, field: string): Verdict;
}

/** Who is asked for, and what makes a difference to what is shown. */
export interface Reader {
  readonly principal: Principal;
  /** Why personal data is to be shown whole; counts for who may give a reason. */
  readonly unmaskReason?: string | null | undefined;
}

/** Decides who may be shown what, once for each principal and each operation. */
export interface Clearances {
  /** Text that is the same for all who may be shown the same of everything. */
  keyOf(reader: Reader): string;
  of(document: DocumentNode, operation: OperationDefinitionNode): OperationClearances;
}

export interface OperationClearances {
  /** Text that is the same for all whom the operation answers alike; empty where it answers everybody alike. */
  keyOf(reader: Reader): string;
  clearance(reader: Reader): Clearance;
}

export interface ClearanceOptions {
  readonly schema: GraphQLSchema;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly policies: Policies;
  /** Of this scope, who has it may be shown personal data whole by giving a reason; absent where nobody may. */
  readonly unmask?: string | undefined;
}

interface Gate {
  /** What must hold to read the field, and to see it whole, as numbers of what is asked. */
  readonly read: number | undefined;
  readonly reveal: number | undefined;
  readonly reading: Reading;
}

export function clearances({ schema, readings, policies, unmask }: ClearanceOptions): Clearances {
  const asked = new Map<string, { readonly number: number; readonly access: Access }>();
  const numberOf = (access: Access): number => {
    const key = JSON.stringify(access);
    const known = asked.get(key) ?? { number: asked.size, access };
    asked.set(key, known);
    return known.number;
  };
  const gates = new Map<string, Gate>(
    [...readings].map(([coordinate, reading]) => [
      coordinate,
      {
        read: isOpen(reading.access) ? undefined : numberOf(reading.access),
        reveal: reading.personal && numberOf({ ...open, scopes: [reading.personal.reveal] }),
        reading,
      },
    ]),
  );

  const answers = new WeakMap<Principal, string>();
  /** A digit for each thing that is asked: 1 where it holds. */
  const answersOf = (principal: Principal): string => {
    const known = answers.get(principal);
    if (known !== undefined) return known;
    const bits = [...asked.values()].map(({ access }) => (permits(access, principal, policies) ? '1' : '0'));
    const made = bits.join('');
    answers.set(principal, made);
    return made;
  };
  const unmasks = ({ principal, unmaskReason }: Reader): boolean =>
    typeof unmaskReason === 'string' && unmask !== undefined && holds(principal, [unmask]);

  return {
    keyOf: (reader) => `${answersOf(reader.principal)}${unmasks(reader) ? '!' : ''}`,
    of(document, operation) {
      const { numbers, personal } = usedIn(schema, gates, document, operation);
      const used = [...numbers].sort((one, other) => one - other);
      const keys = new WeakMap<Principal, string>();
      const keyOf = (reader: Reader): string => {
        if (used.length === 0) return '';
        const { principal } = reader;
        let key = keys.get(principal);
        if (key === undefined) {
          const bits = answersOf(principal);
          key = used.map((number) => bits[number]).join('');
          keys.set(principal, key);
        }
        return personal && unmasks(reader) ? `${key}!` : key;
      };
      return {
        keyOf,
        clearance(reader) {
          const bits = answersOf(reader.principal);
          const whole = unmasks(reader);
          return { verdict: (type, field) => verdictOf(gates, `${type}.${field}`, bits, whole) };
        },
      };
    },
  };
}

const granted: Verdict = {};

/** One verdict for objects of several types, where it can be told without knowing which type they are of. */
export function commonVerdict(verdicts: readonly Verdict[]): Verdict | undefined {
  const [first = granted, ...others] = verdicts;
  if (verdicts.every(({ refusal }) => refusal !== undefined)) return first;
  const same = others.every(
    ({ refusal, mask, of, personal }) =>
      refusal === first.refusal && mask === first.mask && of === first.of && !personal === !first.personal,
  );
  if (!same || !first.personal) return same ? first : undefined;
  return { personal: verdicts.flatMap(({ personal }) => personal ?? []) };
}

function verdictOf(
  gates: ReadonlyMap<string, Gate>,
  coordinate: string,
  bits: string,
  whole: boolean,
): Verdict {
  const gate = gates.get(coordinate);
  if (!gate) return granted;
  const { read, reveal, reading } = gate;
  if (read !== undefined && bits[read] !== '1')
    return { refusal: `You may not read ${coordinate}: it is for ${describeAccess(reading.access)}.` };
  if (reveal === undefined || !reading.personal) return granted;
  return whole || bits[reveal] === '1'
    ? { personal: [coordinate] }
    : { mask: reading.personal.mask, of: coordinate };
}

/** What makes a difference to the answer of an operation, whatever its conditions are. */
function usedIn(
  schema: GraphQLSchema,
  gates: ReadonlyMap<string, Gate>,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): { readonly numbers: ReadonlySet<number>; readonly personal: boolean } {
  const numbers = new Set<number>();
  let personal = false;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      OperationDefinition: (node) => (node === operation ? undefined : false),
      Field({ name }) {
        const parent = types.getParentType();
        if (!isCompositeType(parent)) return;
        for (const type of [parent.name, ...possibleNames(schema, parent)]) {
          const gate = gates.get(`${type}.${name.value}`);
          if (gate?.read !== undefined) numbers.add(gate.read);
          if (gate?.reveal === undefined) continue;
          numbers.add(gate.reveal);
          personal = true;
        }
      },
    }),
  );
  return { numbers, personal };
}
