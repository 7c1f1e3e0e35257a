-- On whose behalf an endpoint is told of changes: who registered it, and whoever has changed it since, each with the scopes
-- and the claims of that moment. It is told of entities that all of them see, by the rules about rows that count when it is
-- told. Null where it was registered before: then who registered it counts, without claims.
alter table events_webhook add column viewers jsonb;
