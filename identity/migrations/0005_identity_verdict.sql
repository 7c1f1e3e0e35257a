-- What people have decided of two customers: whether they are one. The last decision counts.
create table identity_verdict (
  lower uuid not null,
  higher uuid not null check (lower < higher),
  verdict text not null check (verdict in ('SAME', 'DIFFERENT')),
  decided_by text not null,
  decided_at timestamptz not null default now(),
  reason text,
  primary key (lower, higher)
);
create index identity_verdict_by_higher on identity_verdict (higher);
