-- What the business asks of writes and workflows, counted when it happens: to count it when somebody asks would be to go
-- through all writes that there ever were.

-- Writes by how they came to rest: the sum of all rows. A writer takes any row that no other transaction holds, so that
-- writers never wait for each other.
create table coordination_tally (
  slot int generated always as identity primary key,
  first_attempt bigint not null default 0,
  later_attempt bigint not null default 0,
  not_confirmed bigint not null default 0,
  tax_profile_failed bigint not null default 0
);

-- How long new customers took until they had a billing account.
create table coordination_billable (
  -- So many seconds at most, and more than the one before.
  up_to float8 primary key,
  customers bigint not null default 0,
  -- Of all of them together.
  seconds float8 not null default 0
);
insert into coordination_billable (up_to) values (5), (60), (300), (900), (3600), (14400), (86400), (259200), (604800),
  (2592000), (7776000), ('infinity');

create function coordination_count() returns trigger language plpgsql as $$
declare
  came record;
  at_first boolean;
begin
  select bool_or((s.body ->> 'generation')::int > 0) as again,
      bool_and((s.body ->> 'attempts')::int + (s.body ->> 'waits')::int = 0) as smooth,
      bool_or(s.body ->> 'kind' = 'OWNER' and s.state not in ('APPLIED', 'UNCHANGED')
        and s.body -> 'changes' ?| '{taxClassification,taxRegistrations}') as tax_profile_failed
    into came from coordination_step s where s.write_id = new.id;
  -- What a person started anew has been counted.
  if came.again or new.request ? 'review' then
    return null;
  end if;
  -- Held once, by whoever claimed it first; what was approved had been put into its queue before that.
  at_first := came.smooth and new.epoch = 1 + (jsonb_typeof(new.request -> 'approval') = 'object')::int;
  update coordination_tally set
      first_attempt = first_attempt + (new.state = 'SUCCEEDED' and at_first)::int,
      later_attempt = later_attempt + (new.state = 'SUCCEEDED' and not at_first)::int,
      not_confirmed = not_confirmed + (new.state <> 'SUCCEEDED')::int,
      tax_profile_failed = tax_profile_failed + came.tax_profile_failed::int
    where slot = (select slot from coordination_tally limit 1 for update skip locked);
  if not found then
    insert into coordination_tally (first_attempt, later_attempt, not_confirmed, tax_profile_failed)
      values ((new.state = 'SUCCEEDED' and at_first)::int, (new.state = 'SUCCEEDED' and not at_first)::int,
        (new.state <> 'SUCCEEDED')::int, came.tax_profile_failed::int);
  end if;
  return null;
end
$$;
-- Deferred: the steps are stored after their write. Copies are counted with what they are copies of.
create constraint trigger coordination_count after update of state on coordination_write
  deferrable initially deferred for each row
  when (old.settled_at is null and new.settled_at is not null and old.worker is not null and new.parent is null)
  execute function coordination_count();

-- The key of a workflow's write begins with the id of its workflow and the stage.
create function coordination_count_billable() returns trigger language plpgsql as $$
begin
  update coordination_billable b set customers = b.customers + 1, seconds = b.seconds + took.seconds
    from (
      select greatest(0, extract(epoch from new.settled_at - w.started_at))::float8 as seconds
      from coordination_workflow w
      where w.id = split_part(new.idempotency_key, ':', 1)::uuid and exists (
        select from coordination_step s
        where s.write_id = new.id and s.state = 'APPLIED' and s.body ->> 'kind' = 'CREATE')) took
    where b.up_to = (select min(up_to) from coordination_billable where up_to >= took.seconds);
  return null;
end
$$;
create constraint trigger coordination_count_billable after update of state on coordination_write
  deferrable initially deferred for each row
  when (old.settled_at is null and new.state = 'SUCCEEDED' and new.subject = 'coordination/workflows'
    and split_part(new.idempotency_key, ':', 2) = 'BILLING_ACCOUNT')
  execute function coordination_count_billable();

create index coordination_workflow_at on coordination_workflow (kind, stage) where state in ('RUNNING', 'PARKED');
