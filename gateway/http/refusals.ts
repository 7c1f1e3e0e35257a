import { refuse } from './refusal.ts';

export const methods = refuse(405, 'METHOD_NOT_ALLOWED', 'Use POST, or GET for a query.', [
  'allow',
  'GET, POST',
]);
export const safeMethods = refuse(405, 'METHOD_NOT_ALLOWED', 'Only queries are taken by GET: use POST.', [
  'allow',
  'POST',
]);
export const unacceptable = refuse(
  406,
  'NOT_ACCEPTABLE',
  'Answers are "application/graphql-response+json" or "application/json", and "text/event-stream" for subscriptions: accept one of them.',
);
export const unsupported = refuse(
  415,
  'UNSUPPORTED_MEDIA_TYPE',
  'Send the request as "content-type: application/json" in UTF-8, without content encoding.',
);
