import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** An operation made for a test, with values for its variables. */
export interface Made {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Response names taken at one place, so that most operations are valid: fields of one name must be the same. */
type Scope = Map<string, { readonly field: string; readonly below: Scope }>;

const aliases = ['id', 'name', 'title', 'a', 'b', '__typename', 'text', 'price', 'username', 'toString'];

/**
 * Makes an operation out of numbers: each decision takes the next, and 0, the simplest choice, where none is left. So
 * fewer and smaller numbers make a simpler operation, and a failing one is reduced by reducing its numbers.
 */
export function makeOperation(schema: GraphQLSchema, numbers: readonly number[]): Made {
  let next = 0;
  const choose = (count: number): number => (numbers[next++] ?? 0) % count;
  const often = (percent: number): boolean => choose(100) >= 100 - percent;
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => list[choose(list.length)] as T;

  const definitions: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: { readonly name: string; readonly on: string; readonly scope: Scope }[] = [];
  const texts: string[] = [];
  let budget = 60;

  function selection(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    const parts = Array.from({ length: 1 + choose(4) }, () => part(type, depth, scope));
    return `{ ${parts.join(' ')} }`;
  }

  function part(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    budget -= 1;
    if (depth > 0 && budget > 0) {
      const kind = choose(100);
      if (kind >= 92) return spread(type, depth, scope);
      if (kind >= (isAbstractType(type) ? 55 : 85)) return inline(type, depth, scope);
    }
    return field(type, depth, scope);
  }

  function field(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    const all = 'getFields' in type ? Object.values(type.getFields()) : [];
    const fields = all.filter((one) => depth > 0 || !isCompositeType(getNamedType(one.type)));
    const wanted = fields.length === 0 || often(6) ? undefined : pick(fields);
    const name = wanted?.name ?? '__typename';
    const given = wanted ? args(wanted) : '';
    const signature = `${name}${given}:${wanted ? String(wanted.type) : 'String!'}`;
    const response = responseName(name, signature, scope);
    const entry = scope.get(response) ?? { field: signature, below: new Map() as Scope };
    scope.set(response, entry);
    const named = wanted && getNamedType(wanted.type);
    const below = isCompositeType(named) ? ` ${selection(named, depth - 1, entry.below)}` : '';
    return `${response === name ? '' : `${response}: `}${name}${given}${condition()}${below}`;
  }

  function responseName(name: string, signature: string, scope: Scope): string {
    const wanted = often(35) ? pick(aliases) : name;
    if (
      (scope.get(wanted)?.field ?? signature) === signature &&
      !(wanted === '__typename' && wanted !== name)
    ) {
      return wanted;
    }
    return `x${scope.size}_${next}`;
  }

  function inline(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    if (often(15)) return `...${condition()} ${selection(type, depth, scope)}`;
    const on = narrowed(type);
    return `... on ${on.name}${condition()} ${selection(on, depth, scope)}`;
  }

  function spread(type: GraphQLCompositeType, depth: number, scope: Scope): string {
    const known = fragments.filter((one) => one.on === type.name);
    if (known.length > 0 && often(50)) return `...${pick(known).name}${condition()}`;
    const on = narrowed(type);
    const name = `F${texts.length + fragments.length}_${next}`;
    const text = `fragment ${name} on ${on.name} ${selection(on, depth, scope)}`;
    texts.push(text);
    fragments.push({ name, on: on.name, scope });
    return `...${name}${condition()}`;
  }

  /** A type that some objects of `type` have: itself, one of its types, or another abstract type they share. */
  function narrowed(type: GraphQLCompositeType): GraphQLCompositeType {
    const possible = new Set(names(type));
    const candidates = Object.values(schema.getTypeMap())
      .filter(isCompositeType)
      .filter((one) => !one.name.startsWith('__') && names(one).some((name) => possible.has(name)));
    return pick([type, ...candidates]);
  }

  function names(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : [type.name];
  }

  function condition(): string {
    if (!often(14)) return '';
    const value = choose(3);
    const text = value === 0 ? 'true' : value === 1 ? 'false' : `$${variable('Boolean!', choose(2) === 0)}`;
    return ` @${often(50) ? 'skip' : 'include'}(if: ${text})`;
  }

  function variable(type: string, value: unknown): string {
    const name = `v${definitions.length}`;
    definitions.push(`$${name}: ${type}`);
    variables[name] = value;
    return name;
  }

  function args(wanted: GraphQLField<unknown, unknown>): string {
    const given = wanted.args.filter((one) => isNonNullType(one.type) || often(50)).map(argument);
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  function argument(one: GraphQLArgument): string {
    if (!often(50)) return `${one.name}: ${literal(one.type, 2)}`;
    const type = String(one.type);
    const how = choose(4);
    if (how === 0 && !isNonNullType(one.type)) {
      // Neither a value nor a default: the argument's own default counts.
      const name = `v${definitions.length}`;
      definitions.push(`$${name}: ${type}`);
      return `${one.name}: $${name}`;
    }
    if (how === 1) {
      const name = `v${definitions.length}`;
      const nullable = String(getNullableType(one.type));
      definitions.push(`$${name}: ${nullable} = ${literal(getNullableType(one.type), 2)}`);
      return `${one.name}: $${name}`;
    }
    return `${one.name}: $${variable(type, input(one.type, 2))}`;
  }

  function literal(type: GraphQLInputType, depth: number): string {
    return text(input(type, depth), type);
  }

  function text(value: unknown, type: GraphQLInputType): string {
    const inner = getNullableType(type);
    if (value === null) return 'null';
    if (isListType(inner))
      return `[${(value as unknown[]).map((item) => text(item, inner.ofType)).join(', ')}]`;
    if (isEnumType(inner) && typeof value === 'string') return value;
    if (!isInputObjectType(inner)) return JSON.stringify(value);
    const fields = Object.entries(value as object).map(([name, item]: [string, unknown]) => {
      const known = inner.getFields()[name];
      return `${name}: ${known ? text(item, known.type) : 'null'}`;
    });
    return `{${fields.join(', ')}}`;
  }

  function input(type: GraphQLInputType, depth: number): unknown {
    if (!isNonNullType(type) && often(10)) return null;
    const inner = getNullableType(type);
    if (isListType(inner)) return Array.from({ length: choose(3) }, () => input(inner.ofType, depth));
    if (isEnumType(inner)) return pick(inner.getValues()).name;
    if (isInputObjectType(inner)) {
      const fields = depth === 0 ? [] : Object.values(inner.getFields()).filter(() => often(50));
      return Object.fromEntries(fields.map((one) => [one.name, input(one.type, depth - 1)]));
    }
    if (String(inner) === 'Boolean') return choose(2) === 1;
    return String(inner) === 'Int' ? choose(20) : pick(['p0', 'i1', 'u1', '"\n']);
  }

  const root = schema.getQueryType();
  if (!root) throw new Error('The schema has no queries.');
  const body = selection(root, 5, new Map());
  const header = definitions.length === 0 ? '' : `(${definitions.join(', ')})`;
  return { document: [`query${header} ${body}`, ...texts].join('\n'), variables };
}
