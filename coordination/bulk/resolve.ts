import type { Door } from './door.ts';
import type { Reason } from './contract.ts';
import type { Target } from './line.ts';

/** The id of a customer, or why it is not known. */
export type Found = { readonly id: string } | { readonly reasons: readonly Reason[] };

/** Targets that are looked up in one request: a server admits 20 root fields. */
export const lookupSize = 20;
/** Customers that are remembered, the latest ones. */
const remembered = 10_000;

/** Looks up customers by the keys that systems know them by. */
export function resolver(door: Pick<Door, 'ask'>) {
  const known = new Map<string, Found>();

  function remember(name: string, found: Found): void {
    known.set(name, found);
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
  }

  async function lookUp(targets: readonly Keyed[]): Promise<boolean> {
    const query = queryFor(targets.length);
    const variables = Object.fromEntries(
      targets.flatMap(({ system, key }, i) => [
        [`s${i}`, system],
        [`k${i}`, key],
      ]),
    );
    const answer = await door.ask(query, variables);
    if (answer === null) return false;
    for (const [i, target] of targets.entries()) {
      const customer = answer.data[`c${i}`] as { readonly id: string } | null | undefined;
      const error = answer.errors.find(({ path }) => path[0] === `c${i}` || path.length === 0);
      if (customer) remember(nameOf(target), { id: customer.id });
      else
        remember(nameOf(target), {
          reasons: [error ? { code: error.code, message: error.message, attribute: null } : unknown(target)],
        });
    }
    return true;
  }

  return {
    /**
     * Finds at most `lookupSize` customers, in one request at most, in the order of the targets. Null where the run was
     * stopped before.
     */
    async find(targets: readonly Target[]): Promise<readonly Found[] | null> {
      const asked = new Map(targets.filter(isKeyed).map((target) => [nameOf(target), target]));
      const missing = [...asked].filter(([name]) => !known.has(name)).map(([, target]) => target);
      const found = new Map([...asked.keys()].map((name) => [name, known.get(name)]));
      if (missing.length > 0 && !(await lookUp(missing))) return null;
      return targets.map((target): Found => {
        if (!isKeyed(target)) return { id: target.customerId };
        const name = nameOf(target);
        return found.get(name) ?? known.get(name) ?? { reasons: [unknown(target)] };
      });
    },
  };
}

type Keyed = Extract<Target, { readonly key: string }>;
const isKeyed = (target: Target): target is Keyed => 'key' in target;
const nameOf = ({ system, key }: Keyed): string => `${system} ${key}`;

function unknown({ system, key }: Keyed): Reason {
  const message = `${system} knows no customer by the key "${key.slice(0, 100)}".`;
  return { code: 'UNKNOWN_CUSTOMER', attribute: null, message };
}

/** Looks up so many customers. */
export function queryFor(count: number): string {
  const each = Array.from({ length: count }, (_, i) => i);
  const variables = each.map((i) => `$s${i}: System!, $k${i}: String!`).join(', ');
  const fields = each.map((i) => `c${i}: customerBy(system: $s${i}, key: $k${i}) { id }`).join(' ');
  return `query Keys(${variables}) { ${fields} }`;
}
