export { openWebhooks } from './open.ts';
export { webhookResolvers } from './resolvers.ts';
