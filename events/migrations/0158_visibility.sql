-- On whose behalf an endpoint is told of changes: who registered it, and whoever has changed it since, each with the scopes
-- and the claims of that moment. It is told of entities that all of them see, by the rules about rows that count when it is told.
alter table events_webhook add column viewers jsonb;
update events_webhook
  set viewers = jsonb_build_array(jsonb_build_object('subject', registered_by, 'scopes', scopes, 'claims', '{}'::jsonb));
alter table events_webhook alter column viewers set not null;
