-- What fingerprints are keyed by: who has a copy of what was seen, and not this, cannot try values out on it.
create table events_secret (
  single boolean primary key default true check (single),
  secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
insert into events_secret default values;
