-- Drift: copies that have another value than their owner. Fingerprints and names, no values.

-- What is known to be different. A row goes when the copy is as its owner's value again.
create table coordination_drift (
  entity_id text collate "C" not null,
  -- The system that keeps the copy, and the attribute.
  system text collate "C" not null,
  attribute text collate "C" not null,
  entity text collate "C" not null,
  -- How it came to light: as the kinds of work items are called.
  kind text collate "C" not null check (kind in ('DRIFT', 'OWNERSHIP_VIOLATION')),
  -- TO_REPAIR waits for the owner's value to be ordered, ORDERED was, ASKED waits for a person, IGNORED is to stay.
  state text collate "C" not null check (state in ('TO_REPAIR', 'ORDERED', 'ASKED', 'IGNORED')),
  owner_print text not null,
  copy_print text not null,
  -- The record that has the copy, by its system's own key, and its version.
  key text not null,
  version text not null,
  found_at timestamptz not null default clock_timestamp(),
  -- A repair is ordered not before.
  due timestamptz not null default clock_timestamp(),
  -- The write that was ordered last.
  write_id uuid,
  primary key (entity_id, system, attribute)
);
create index coordination_drift_to_repair on coordination_drift (due) where state = 'TO_REPAIR';

-- How often something different was found, ever.
create table coordination_drift_found (
  system text collate "C" not null,
  attribute text collate "C" not null,
  found bigint not null,
  primary key (system, attribute)
);

-- Copies that are to be compared, because something was seen of them or because they could not be compared.
create table coordination_drift_suspect (
  entity_id text collate "C" not null,
  system text collate "C" not null,
  entity text collate "C" not null,
  -- What the system itself told of its record, and when; null where it told nothing.
  told_version text,
  told_at timestamptz,
  tries int not null default 0,
  due timestamptz not null default clock_timestamp(),
  primary key (entity_id, system)
);
create index coordination_drift_suspect_due on coordination_drift_suspect (due);

-- The sweep over all customers: how far it is, what it has come to so far, and who goes on with it.
create table coordination_drift_sweep (
  single boolean primary key default true check (single),
  sweep int not null default 0,
  -- Id of the last customer that it has been through.
  place text,
  running boolean not null default false,
  started_at timestamptz,
  ended_at timestamptz,
  -- Customers: so many there were when it began, and so many it has been through.
  total int8 not null default 0,
  walked int8 not null default 0,
  -- Copies of attributes.
  compared int8 not null default 0,
  equal int8 not null default 0,
  different int8 not null default 0,
  -- Different, and a write is in flight: they are looked at again.
  moving int8 not null default 0,
  asked int8 not null default 0,
  repaired int8 not null default 0,
  -- Records that could not be read.
  unreachable int8 not null default 0,
  held_by uuid,
  held_until timestamptz
);
insert into coordination_drift_sweep default values;

-- Whether no write is changing an entity's attributes or a system's copies of them, and none has been over since; of an
-- entity that is becoming one with another, or is taken out of one, nothing is.
create function coordination_settled(asked text, keeper text, since timestamptz) returns boolean language plpgsql stable as $$
begin
  return not exists (
    select from coordination_write w
    where w.queue in (asked, asked || '/' || keeper)
      and (w.state in ('PENDING', 'RUNNING', 'COMPENSATING', 'REVIEW') or w.settled_at >= since))
    and not exists (select from coordination_barrier b where b.entity_id = asked);
end
$$;
