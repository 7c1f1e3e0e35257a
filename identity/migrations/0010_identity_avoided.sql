-- Duplicates that were not made, or are no longer two: each pair once, however often it was met.
create table identity_avoided (
  lower uuid not null,
  higher uuid not null check (lower < higher),
  -- Who found it: the matcher, before anything was made, or a person.
  found_by text collate "C" not null check (found_by in ('MATCHER', 'PERSON')),
  at timestamptz not null default clock_timestamp(),
  primary key (lower, higher)
);
create index identity_avoided_by on identity_avoided (found_by);

insert into identity_avoided (lower, higher, found_by, at)
  select lower, higher, 'PERSON', decided_at from identity_verdict where verdict = 'SAME';
