import { Kind, parse, type TypeNode } from 'graphql';
import { Failure } from '../../runtime/failure.ts';
import { typesOf } from '../../schema/sdl.ts';
import { attributeRules } from './attributes.ts';
import { objectRules } from './objects.ts';
import type { Rule } from './rule.ts';
import { scalarRule } from './scalars.ts';
import { listOf, nullable, objectOf, oneOf, required } from './shapes.ts';

const changesOf = /^(.+)ChangesInput$/;

/**
 * The rule of every attribute of every entity, by name, out of the input types of governed writes.
 * @throws Failure `INVALID_CONTRACT` for a type whose values no rule knows
 */
export function compileRules(sdl: string): ReadonlyMap<string, ReadonlyMap<string, Rule>> {
  const types = typesOf(parse(sdl, { noLocation: true }));
  const made = new Map<string, Rule>();

  function ruleOf(type: TypeNode): Rule {
    if (type.kind === Kind.NON_NULL_TYPE) return required(bare(type.type));
    return nullable(bare(type));
  }

  function bare(type: TypeNode): Rule {
    if (type.kind === Kind.NON_NULL_TYPE) return bare(type.type);
    if (type.kind === Kind.LIST_TYPE) return listOf(ruleOf(type.type));
    const name = type.name.value;
    const known = made.get(name);
    if (known) return known;
    made.set(name, (value) => rule(value)); // a type may have members of its own kind
    const rule = named(name);
    return rule;
  }

  function named(name: string): Rule {
    const definition = types.get(name);
    if (definition?.kind === Kind.ENUM_TYPE_DEFINITION) {
      return oneOf((definition.values ?? []).map((value) => value.name.value));
    }
    if (definition?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      return objectOf(membersOf(name), objectRules.get(name) ?? []);
    }
    const rule = scalarRule(name);
    if (rule) return rule;
    throw new Failure(
      'INVALID_CONTRACT',
      `No rule knows values of ${name}: add one to coordination/rules/scalars.ts.`,
    );
  }

  function membersOf(name: string): ReadonlyMap<string, Rule> {
    const definition = types.get(name);
    const fields = definition?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (definition.fields ?? []) : [];
    return new Map(fields.map((field) => [field.name.value, ruleOf(field.type)]));
  }

  const entities = [...types.keys()].flatMap((name) => changesOf.exec(name)?.[1] ?? []);
  return new Map(
    entities.map((entity) => {
      const rules = [...membersOf(`${entity}ChangesInput`)];
      return [entity, new Map(rules.map(([name, rule]) => [name, withOwn(rule, `${entity}.${name}`)]))];
    }),
  );
}

/** A rule, and what its attribute asks besides. */
function withOwn(rule: Rule, attribute: string): Rule {
  const own = attributeRules[attribute];
  if (!own) return rule;
  return (value) => {
    const checked = rule(value);
    const complaints = [...checked.complaints, ...own(checked.value)];
    return { value: complaints.length > 0 ? value : checked.value, complaints };
  };
}
