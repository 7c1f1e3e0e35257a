-- The change feed. What happened waits in the outbox, committed with whatever made it happen; the sequencer alone gives
-- positions. The log holds names of attributes and never a value.

create table events_outbox (
  id bigint generated always as identity primary key,
  draft jsonb not null,
  captured_at timestamptz not null default clock_timestamp(),
  -- Why it can never be told: set aside for a person, so that it holds up nothing.
  refused text
);

-- What was last seen of a record. Fingerprints are told from the value by nobody who does not know it.
create table events_seen (
  system text collate "C" not null,
  key text collate "C" not null,
  entity_id uuid not null,
  -- Null for a record that is gone.
  version text,
  fingerprints jsonb not null default '{}',
  -- The last change that was told of it, and what brought it: what was read before is out of date.
  told_position bigint not null default 0,
  told_version text,
  told_by text collate "C",
  -- The version that the last write of ours made.
  own_version text,
  primary key (system, key)
);
create index events_seen_by_entity on events_seen (entity_id);

create table events_log (
  position bigint primary key,
  at timestamptz not null,
  entity text collate "C" not null,
  entity_id uuid not null,
  kind text collate "C" not null,
  system text collate "C" not null,
  key text collate "C" not null,
  version text,
  previous_version text,
  attributes text[] not null,
  cause jsonb,
  tags jsonb not null,
  -- Over the hash of the change before and this one, in hexadecimal.
  hash text collate "C" not null
);
create index events_log_by_entity on events_log (entity_id, position);

-- The end of the log, and what is no longer in it. Whoever holds the lock of this row is the sequencer.
create table events_head (
  single boolean primary key default true check (single),
  -- Names this log: a cursor of another one is none of ours.
  epoch uuid not null default gen_random_uuid(),
  position bigint not null default 0,
  hash text collate "C" not null default '',
  -- Changes up to here are past retention, and the hash of the last of them.
  floor bigint not null default 0,
  floor_hash text collate "C" not null default ''
);
insert into events_head default values;
