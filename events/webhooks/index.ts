export { openWebhooks, type OpenedWebhooks } from './open.ts';
export { webhookResolvers } from './resolvers.ts';
