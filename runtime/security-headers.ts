/**
 * Name, value, name, value…: what every answer says to browsers. It is what it says it is, is not kept, is for pages of this
 * origin only, and whoever follows a link in it tells nobody where he was.
 */
export const securityHeaders: readonly string[] = [
  ...['x-content-type-options', 'nosniff'],
  ...['cache-control', 'no-store'],
  ...['cross-origin-resource-policy', 'same-origin'],
  ...['referrer-policy', 'no-referrer'],
];

/** Over TLS: two years in which browsers ask in no other way. */
export const strictTransport = ['strict-transport-security', 'max-age=63072000'] as const;
