import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import type { Config } from '../runtime/config.ts';
import type { FailureCode } from '../runtime/failure.ts';

/** What one operation may ask for; fragments count as often as they are spread. */
export interface Limits {
  /** Lexical tokens of the document; beyond that it is not even parsed. */
  readonly tokens: number;
  /** Levels of fields, the root's included. Introspection has a rule of its own and does not count. */
  readonly depth: number;
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Fields, counted as often as their fragments are spread. */
  readonly fields: number;
}

/** Generous for people and code generators, small enough that the worst admitted operation is harmless. */
export const defaultLimits: Limits = {
  tokens: 5000,
  depth: 15,
  aliases: 50,
  rootFields: 20,
  directives: 100,
  fields: 10_000,
};

/** The limits that the settings say. */
export function documentLimits(config: Config): Limits {
  return {
    tokens: config.tokenLimit,
    depth: config.depthLimit,
    aliases: config.aliasLimit,
    rootFields: config.rootFieldLimit,
    directives: config.directiveLimit,
    fields: config.fieldLimit,
  };
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly roots: number;
}

/** The rules of the door: limits, and no introspection where that is off. */
export function documentRules(limits: Limits, introspection: boolean): ValidationRule[] {
  return introspection ? [limitRule(limits)] : [limitRule(limits), NoSchemaIntrospectionCustomRule];
}

/**
 * A validation rule that refuses an operation beyond the limits, each with a code of its own. They look at the document
 * alone, in time proportional to its length, so that they may run before the rules that are quadratic in it.
 */
function limitRule(limits: Limits): ValidationRule {
  const checks: readonly [keyof Size, number, FailureCode, string][] = [
    ['depth', limits.depth, 'DEPTH_LIMIT_EXCEEDED', 'levels of fields'],
    ['aliases', limits.aliases, 'ALIAS_LIMIT_EXCEEDED', 'aliases'],
    ['roots', limits.rootFields, 'ROOT_FIELD_LIMIT_EXCEEDED', 'root fields'],
    ['directives', limits.directives, 'DIRECTIVE_LIMIT_EXCEEDED', 'directives'],
  ];
  return (context): ASTVisitor => ({
    Document(document) {
      const sizeOf = measure(document);
      for (const operation of document.definitions) {
        if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
        const size = sizeOf(operation);
        for (const [what, limit, code, words] of checks) {
          if (size[what] <= limit) continue;
          const message = `The operation has more than ${limit} ${words}; ask for less, or in several requests.`;
          context.reportError(new GraphQLError(message, { nodes: operation, extensions: { code } }));
        }
      }
    },
  });
}

function measure(document: DocumentNode): (operation: OperationDefinitionNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, Size>();

  function fragment(name: string): Size {
    const known = measured.get(name);
    if (known) return known;
    // A fragment that spreads itself ends here; another rule refuses it.
    measured.set(name, empty);
    const definition = fragments.get(name);
    const size = definition ? selections(definition.selectionSet) : empty;
    measured.set(name, size);
    return size;
  }

  function selections(set: SelectionSetNode): Size {
    return set.selections.map(selection).reduce(add, empty);
  }

  function selection(node: SelectionNode): Size {
    const directives = node.directives?.length ?? 0;
    if (node.kind !== Kind.FIELD) {
      const inner =
        node.kind === Kind.FRAGMENT_SPREAD ? fragment(node.name.value) : selections(node.selectionSet);
      return { ...inner, directives: inner.directives + directives };
    }
    const inner = node.selectionSet ? selections(node.selectionSet) : empty;
    return {
      depth: node.name.value.startsWith('__') ? 1 : inner.depth + 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      directives: inner.directives + directives,
      roots: 1,
    };
  }

  return (operation) => {
    const size = selections(operation.selectionSet);
    return { ...size, directives: size.directives + (operation.directives?.length ?? 0) };
  };
}

const empty: Size = { depth: 0, aliases: 0, directives: 0, roots: 0 };

function add(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    roots: one.roots + other.roots,
  };
}
