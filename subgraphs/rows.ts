import { alike } from './alike.ts';

/**
 * The rows for nodes of the graph. A node that is there already keeps its row as the system wrote it, with all that the
 * graph cannot say of it; `make` writes the others.
 */
export function rowsFor<Node, Row>(
  nodes: readonly Node[],
  present: readonly Row[],
  read: (row: Row) => Node,
  make: (node: Node, present: readonly Row[]) => Row,
): readonly Row[] {
  const left = [...present];
  return nodes.map((node) => {
    const place = left.findIndex((row) => alike(read(row), node));
    const [kept] = place < 0 ? [] : left.splice(place, 1);
    return kept ?? make(node, present);
  });
}
