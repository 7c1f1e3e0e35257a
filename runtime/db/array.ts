/** An SQL array as PostgreSQL writes it, `{a,"b c",NULL,{…}}`, read with the parser of its elements. */
export function parseArray(text: string, parse: (element: string) => unknown): unknown[] {
  let at = text.indexOf('{') + 1; // a lower bound other than 1 is written before the brace
  const level = (): unknown[] => {
    const elements: unknown[] = [];
    for (;;) {
      const next = text[at];
      if (next === '}') {
        at++;
        return elements;
      }
      if (next === ',') at++;
      else if (next === '{') {
        at++;
        elements.push(level());
      } else if (next === '"') elements.push(parse(quoted()));
      else if (next === undefined) throw new SyntaxError('The array ends before its closing brace.');
      else {
        const bare = plain();
        elements.push(bare === 'NULL' ? null : parse(bare));
      }
    }
  };
  const quoted = (): string => {
    let element = '';
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      element += text[at] ?? '';
      if (at >= text.length) throw new SyntaxError('The array ends within quotes.');
    }
    at++;
    return element;
  };
  const plain = (): string => {
    const from = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '}') at++;
    return text.slice(from, at);
  };
  return level();
}

/** An SQL array in PostgreSQL's own notation; `print` gives an element's text, null for NULL. */
export function printArray(elements: readonly unknown[], print: (element: unknown) => string | null): string {
  const printed = elements.map((element) => {
    if (Array.isArray(element)) return printArray(element, print);
    const text = print(element);
    return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${printed.join(',')}}`;
}
