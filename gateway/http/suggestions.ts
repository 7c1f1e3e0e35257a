interface Refused {
  readonly errors: readonly { readonly message: string }[];
}

/**
 * A serialised refusal without "Did you mean …?": where introspection is off, guessing names must not be rewarded.
 */
export function withoutSuggestions(body: string): string {
  if (!body.includes(' Did you mean ')) return body;
  const { errors } = JSON.parse(body) as Refused;
  return JSON.stringify({
    errors: errors.map((error) => ({ ...error, message: error.message.replace(/ Did you mean .*$/s, '') })),
  });
}
