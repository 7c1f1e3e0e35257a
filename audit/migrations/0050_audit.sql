-- Who did what, and why. An entry is committed with what it tells of, and waits here; the sealer alone gives positions.
create table audit_pending (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  entry jsonb not null
);

-- The chain. An entry is a JSON object of names and hashes and holds no value of an attribute.
create table audit_log (
  position bigint primary key,
  -- When it was recorded, to the millisecond.
  at timestamptz not null,
  entry jsonb not null,
  -- Over the hash of the entry before and this one, in hexadecimal.
  hash text collate "C" not null
);
create index audit_log_by_entity on audit_log ((entry ->> 'entityId'), position) where entry ->> 'entityId' is not null;
create index audit_log_by_actor on audit_log ((entry ->> 'actor'), position);
create index audit_log_by_action on audit_log ((entry ->> 'action'), position);
create index audit_log_by_time on audit_log (at);

-- Its end. Whoever holds the lock of this row is the sealer.
create table audit_head (
  single boolean primary key default true check (single),
  -- Names this chain, so that a checkpoint of another store is none of it.
  epoch uuid not null default gen_random_uuid(),
  position bigint not null default 0,
  hash text collate "C" not null default ''
);
insert into audit_head default values;

-- What was signed: that the chain had this hash at this position.
create table audit_checkpoint (
  number bigint primary key,
  position bigint not null,
  hash text collate "C" not null,
  at timestamptz not null,
  key_id text collate "C" not null,
  signature text collate "C" not null
);

-- Nothing of this is ever changed. It keeps a slip away; whoever may do more to the store is found out by the checkpoints.
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is only ever added to';
end
$$;
create trigger audit_log_is_kept before update or delete or truncate on audit_log
  for each statement execute function audit_refuse();
create trigger audit_checkpoint_is_kept before update or delete or truncate on audit_checkpoint
  for each statement execute function audit_refuse();
