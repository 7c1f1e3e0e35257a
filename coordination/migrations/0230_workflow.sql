-- Workflows: sagas over writes of the same journal. A row says where one stands; what has happened to it is only added to.
create table coordination_workflow (
  id uuid primary key,
  kind text collate "C" not null,
  entity text collate "C" not null,
  entity_id uuid not null,
  state text collate "C" not null,
  stage text collate "C" not null,
  -- What the kind of workflow remembers; opaque here.
  memory jsonb not null,
  -- Whoever asked, whose key counts once.
  subject text collate "C" not null,
  idempotency_key text collate "C" not null,
  body_hash text collate "C" not null,
  -- Who asked, why, and the correlation id.
  request jsonb not null,
  -- Who wants its end, and why; null while nobody does.
  cancelling jsonb,
  -- Grows with each claim and each decision: whoever holds an older one changes nothing.
  epoch int not null default 0,
  -- Who holds it; null where nobody does.
  worker uuid,
  -- Held: end of the lease. Otherwise: not before.
  due timestamptz not null default clock_timestamp(),
  -- Whether something has happened outside since it was taken up.
  woken boolean not null default false,
  started_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz
);
create unique index coordination_workflow_by_key on coordination_workflow (subject, idempotency_key);
create unique index coordination_workflow_open on coordination_workflow (kind, entity_id)
  where state in ('RUNNING', 'PARKED');
create index coordination_workflow_to_claim on coordination_workflow (due) where state in ('RUNNING', 'PARKED');
create index coordination_workflow_by_entity on coordination_workflow (entity_id, id);

create table coordination_workflow_event (
  workflow_id uuid not null,
  seq int not null,
  at timestamptz not null default clock_timestamp(),
  body jsonb not null,
  -- Of what a person has sent, once for each key.
  idempotency_key text collate "C",
  body_hash text collate "C",
  primary key (workflow_id, seq)
);
create unique index coordination_workflow_event_by_key on coordination_workflow_event (workflow_id, idempotency_key)
  where idempotency_key is not null;

-- How often something that only one may do at a time was done: who found another number has to look again.
create table coordination_workflow_gate (
  kind text collate "C" primary key,
  passed bigint not null
);

create function coordination_workflow_shown(workflow coordination_workflow) returns jsonb language sql stable as $$
  select workflow.request || jsonb_build_object(
    'id', workflow.id, 'kind', workflow.kind, 'entity', workflow.entity, 'entityId', workflow.entity_id,
    'state', workflow.state, 'stage', workflow.stage, 'memory', workflow.memory, 'epoch', workflow.epoch,
    'cancelling', workflow.cancelling, 'startedAt', workflow.started_at, 'settledAt', workflow.settled_at)
$$;

-- Adds to what has happened.
create function coordination_workflow_tell(asked uuid, entries jsonb, key text, hash text) returns void language sql as $$
  insert into coordination_workflow_event (workflow_id, seq, body, idempotency_key, body_hash)
    select asked, coalesce((select max(seq) from coordination_workflow_event where workflow_id = asked), 0) + n, entry,
      case when n = 1 then key end, case when n = 1 then hash end
    from jsonb_array_elements(entries) with ordinality one (entry, n)
$$;

-- Stores a workflow, once for each key of a caller, and one that is open for each kind and entity.
create function coordination_workflow_start(draft jsonb, entries jsonb) returns jsonb language plpgsql as $$
declare
  known coordination_workflow;
begin
  insert into coordination_workflow (id, kind, entity, entity_id, state, stage, memory, subject, idempotency_key, body_hash, request)
    values ((draft ->> 'id')::uuid, draft ->> 'kind', draft ->> 'entity', (draft ->> 'entityId')::uuid, 'RUNNING',
      draft ->> 'stage', draft -> 'memory', draft ->> 'subject', draft ->> 'key', draft ->> 'hash', draft -> 'request')
    on conflict do nothing;
  if found then
    perform coordination_workflow_tell((draft ->> 'id')::uuid, entries, null, null);
    return jsonb_build_object('id', draft ->> 'id', 'outcome', 'STARTED');
  end if;
  select * into known from coordination_workflow
    where subject = draft ->> 'subject' and idempotency_key = draft ->> 'key';
  if found then
    return jsonb_build_object('id', known.id,
      'outcome', case when known.body_hash = draft ->> 'hash' then 'REPLAYED' else 'REUSED' end);
  end if;
  select * into known from coordination_workflow
    where kind = draft ->> 'kind' and entity_id = (draft ->> 'entityId')::uuid and state in ('RUNNING', 'PARKED');
  return jsonb_build_object('id', known.id, 'outcome', 'OPEN');
end
$$;

-- Claims workflows that are due, oldest first, each with a new epoch.
create function coordination_workflow_claim(claimer uuid, most int, lease interval) returns setof jsonb
language plpgsql as $$
declare
  claimed coordination_workflow;
begin
  for claimed in
    update coordination_workflow w
      set epoch = w.epoch + 1, worker = claimer, woken = false, due = clock_timestamp() + lease
      where w.id in (select id from coordination_workflow
        where state in ('RUNNING', 'PARKED') and due <= clock_timestamp()
        order by due limit most for update skip locked)
      returning w.*
  loop
    return next coordination_workflow_shown(claimed);
  end loop;
end
$$;

-- Stores what has become of a workflow, only for its holder: null where another one holds it by now. `wait` in
-- milliseconds lets go of it until then, or at once where it was woken meanwhile; null keeps it. With a gate, nothing is
-- stored where somebody has passed it since it was `seen`: that is told by `again`.
create function coordination_workflow_settle(asked uuid, held_epoch int, outcome text, at_stage text, remembered jsonb,
  wait double precision, lease interval, entries jsonb, gate text, seen bigint)
returns jsonb language plpgsql as $$
declare
  kept coordination_workflow;
  over boolean := outcome not in ('RUNNING', 'PARKED');
begin
  perform from coordination_workflow where id = asked and epoch = held_epoch and worker is not null for update;
  if not found then
    return null;
  end if;
  if gate is not null then
    insert into coordination_workflow_gate as g (kind, passed) values (gate, 1)
      on conflict (kind) do update set passed = g.passed + 1 where g.passed = seen;
    if not found then
      return jsonb_build_object('again', true);
    end if;
  end if;
  update coordination_workflow w set state = outcome, stage = at_stage, memory = remembered,
      worker = case when over or wait is not null then null else w.worker end,
      due = case when wait is null then clock_timestamp() + lease
        when w.woken then clock_timestamp()
        else clock_timestamp() + make_interval(secs => wait / 1000) end,
      settled_at = case when over then clock_timestamp() end
    where w.id = asked returning * into kept;
  perform coordination_workflow_tell(asked, entries, null, null);
  return jsonb_build_object('again', false, 'cancelling', kept.cancelling);
end
$$;

-- Stores what a person has decided about a workflow that nobody holds; once for each key. Tells whether it was stored, was
-- there before, or the workflow is no longer as it was seen.
create function coordination_workflow_decide(asked uuid, seen_epoch int, outcome text, at_stage text, remembered jsonb,
  entries jsonb, key text, hash text)
returns text language plpgsql as $$
declare
  known text;
begin
  perform from coordination_workflow where id = asked for update;
  select body_hash into known from coordination_workflow_event where workflow_id = asked and idempotency_key = key;
  if found then
    return case when known = hash then 'REPLAYED' else 'REUSED' end;
  end if;
  update coordination_workflow set state = outcome, stage = at_stage, memory = remembered, epoch = epoch + 1,
      due = clock_timestamp()
    where id = asked and epoch = seen_epoch and worker is null and state in ('RUNNING', 'PARKED');
  if not found then
    return 'CHANGED';
  end if;
  perform coordination_workflow_tell(asked, entries, key, hash);
  return 'DONE';
end
$$;

-- Notes that somebody wants the end of a workflow, once, and wakes it; false where it has gone too far for that.
create function coordination_workflow_cancel(asked uuid, too_far text[], wish jsonb, entries jsonb)
returns boolean language plpgsql as $$
begin
  update coordination_workflow set cancelling = wish, woken = true,
      due = case when worker is null then clock_timestamp() else due end
    where id = asked and state in ('RUNNING', 'PARKED') and cancelling is null and not stage = any(too_far);
  if not found then
    return false;
  end if;
  perform coordination_workflow_tell(asked, entries, null, null);
  return true;
end
$$;

-- Something has happened that workflows may wait for.
create function coordination_workflow_wake(asked uuid[]) returns void language sql as $$
  update coordination_workflow set woken = true, due = case when worker is null then clock_timestamp() else due end
    where id = any(asked) and state in ('RUNNING', 'PARKED')
$$;

-- A workflow waits for its write: it is woken in the statement in which the write comes to rest. The key of such a write
-- begins with the id of its workflow.
create function coordination_workflow_follow() returns trigger language plpgsql as $$
begin
  perform coordination_workflow_wake(array[split_part(new.idempotency_key, ':', 1)::uuid]);
  return null;
end
$$;
create trigger coordination_workflow_follow after update of state on coordination_write for each row
  when (new.subject = 'coordination/workflows' and new.settled_at is not null and new.state <> old.state)
  execute function coordination_workflow_follow();
