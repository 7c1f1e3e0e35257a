-- What is accepted, what is settled and what is decided is recorded for the audit in the same statement, and not at all where
-- it is not.
drop function coordination_settle(uuid, int, text, jsonb, text[], double precision, interval, jsonb, jsonb);
drop function coordination_requeue(uuid, text, int, jsonb, text[], jsonb);
drop function coordination_close(uuid, text, int, text, jsonb);

-- Accepts a write, once for each key of a caller, in this one statement. `seen` is the last number of the queue when the
-- records were read, null where they were not: what was read counts only where nothing has entered the queue since and
-- nothing was waiting there. With a `claimer` the write is held by it at once where it is the head.
create or replace function coordination_accept(draft jsonb, steps jsonb, seen bigint, claimer uuid, lease interval)
returns jsonb language plpgsql as $$
declare
  first_state text := draft ->> 'state';
  asked text[];
  queued boolean := first_state <> 'AWAITING_APPROVAL';
  place bigint;
  is_head boolean := false;
  fresh boolean := false;
  held boolean := false;
  now timestamptz := clock_timestamp();
  settled timestamptz;
begin
  if queued then
    select number, head from coordination_take_number(draft ->> 'queue') into place, is_head;
    fresh := coalesce(is_head and place = seen + 1, false);
    if first_state = 'SUCCEEDED' and not fresh then
      first_state := 'PENDING';
    end if;
  end if;
  -- Where a record may have changed since it was read, its system is to be asked even if there was nothing to do.
  asked := array(select step ->> 'system' from jsonb_array_elements(steps) step
    where not fresh or step ->> 'state' = 'READY');
  if claimer is not null and is_head and first_state = 'PENDING' then
    held := coordination_admit(asked) = '{}';
  end if;
  if first_state = 'SUCCEEDED' then
    settled := now;
  elsif held then
    first_state := 'RUNNING';
  end if;
  insert into coordination_write (id, queue, number, head, state, lane, epoch, worker, due, systems, subject,
      idempotency_key, body_hash, parent, accepted_at, settled_at, request)
    values ((draft ->> 'id')::uuid, draft ->> 'queue', place, is_head and settled is null, first_state,
      draft ->> 'lane', held::int, case when held then claimer end, case when held then now + lease else now end, asked, draft ->> 'subject',
      draft ->> 'key', draft ->> 'hash', (draft ->> 'parent')::uuid, now, settled, draft -> 'request')
    on conflict (subject, idempotency_key) do nothing;
  if not found then
    if queued then
      perform coordination_leave(draft ->> 'queue', place, is_head);
    end if;
    return (select jsonb_build_object('replayed', w.body_hash = draft ->> 'hash', 'id', w.id)
      from coordination_write w
      where w.subject = draft ->> 'subject' and w.idempotency_key = draft ->> 'key');
  end if;
  insert into coordination_step (write_id, ordinal, body)
    select (draft ->> 'id')::uuid, (step ->> 'ordinal')::smallint,
      case when fresh or step -> 'before' = 'null' then step
        else step || '{"before": null, "state": "READY", "versionAfter": null}' end
    from jsonb_array_elements(steps) step;
  if jsonb_typeof(draft -> 'audited') = 'object' then
    insert into audit_pending (entry) values (draft -> 'audited');
  end if;
  if settled is not null then
    perform coordination_leave(draft ->> 'queue', place, is_head);
  end if;
  return jsonb_build_object('state', first_state, 'number', place, 'epoch', held::int, 'acceptedAt', now,
    'settledAt', settled, 'fresh', fresh, 'claimed', held, 'now', extract(epoch from clock_timestamp()) * 1000);
end
$$;

-- Stores what has become of a write, only for its holder: null where another one holds it by now. `wait` in milliseconds
-- lets go of it until then; null keeps it, with a new lease. A state that is over takes it out of its queue; whether
-- something else may be begun for that, it gives back. `told` is what the effects of its steps are to the change feed, `audited`
-- what they are to the audit.
create function coordination_settle(asked uuid, held_epoch int, outcome text, steps jsonb, still text[],
  wait double precision, lease interval, copies jsonb, told jsonb, audited jsonb)
returns jsonb language plpgsql as $$
declare
  name text;
  place bigint;
  settled timestamptz;
  over boolean := outcome in ('SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED', 'REVIEW');
  followed boolean := copies <> '[]';
  copy jsonb;
begin
  if over then
    -- The queue before its writes, as everybody does who may wait for both: a request that is sent again has its queue,
    -- and waits for the write that has its key.
    perform from coordination_queue where queue = (select queue from coordination_write where id = asked) for update;
  end if;
  update coordination_write w set
      state = case when wait is not null and outcome = 'RUNNING' then 'PENDING' else outcome end,
      systems = still,
      head = not over,
      worker = case when over or wait is not null then null else w.worker end,
      due = clock_timestamp() + coalesce(make_interval(secs => wait / 1000), lease),
      settled_at = case when over then clock_timestamp() end
    where w.id = asked and w.epoch = held_epoch and w.worker is not null
    returning w.queue, w.number, w.settled_at into name, place, settled;
  if not found then
    return null;
  end if;
  update coordination_step s set body = step
    from jsonb_array_elements(steps) step
    where s.write_id = asked and s.ordinal = (step ->> 'ordinal')::smallint;
  if told <> '[]' then
    insert into events_outbox (draft) select jsonb_array_elements(told);
  end if;
  if audited <> '[]' then
    insert into audit_pending (entry) select jsonb_array_elements(audited);
  end if;
  for copy in select jsonb_array_elements(copies) loop
    perform coordination_accept(copy -> 'draft', copy -> 'steps', null, null, lease);
  end loop;
  if over then
    followed := coordination_leave(name, place, true) or followed;
  end if;
  return jsonb_build_object('settledAt', settled, 'followed', followed);
end
$$;

-- Puts a write that waited for a person back into its queue, at the end; false where it is no longer as it was seen.
create function coordination_requeue(asked uuid, seen_state text, seen_epoch int, steps jsonb, still text[], amended jsonb,
  audited jsonb)
returns boolean language plpgsql as $$
declare
  place record;
  name text;
begin
  select queue into name from coordination_write where id = asked;
  -- The queue before its writes, as in a settlement.
  perform from coordination_queue where queue = name for update;
  perform from coordination_write where id = asked and state = seen_state and epoch = seen_epoch for update;
  if not found then
    return false;
  end if;
  select * from coordination_take_number(name) into place;
  -- The epoch grows so that nobody who held it before can settle it.
  update coordination_write set number = place.number, head = place.head, state = 'PENDING', due = clock_timestamp(),
      epoch = epoch + 1, systems = still, settled_at = null, request = request || amended
    where id = asked;
  update coordination_step s set body = step
    from jsonb_array_elements(steps) step
    where s.write_id = asked and s.ordinal = (step ->> 'ordinal')::smallint;
  insert into audit_pending (entry) select jsonb_array_elements(audited);
  return true;
end
$$;

-- Ends a write that nobody has begun; false where it is no longer as it was seen.
create function coordination_close(asked uuid, seen_state text, seen_epoch int, outcome text, amended jsonb, audited jsonb)
returns boolean language plpgsql as $$
declare
  seen coordination_write;
begin
  select * into seen from coordination_write where id = asked;
  -- The queue before its writes: whoever settles the write ahead of this one is about to make it the head.
  perform from coordination_queue where queue = seen.queue for update;
  select * into seen from coordination_write
    where id = asked and state = seen_state and epoch = seen_epoch and worker is null for update;
  if not found then
    return false;
  end if;
  update coordination_write set state = outcome, head = false, settled_at = clock_timestamp(),
      epoch = epoch + 1, request = request || amended
    where id = asked;
  if seen_state = 'PENDING' then
    perform coordination_leave(seen.queue, seen.number, seen.head);
  end if;
  insert into audit_pending (entry) select jsonb_array_elements(audited);
  return true;
end
$$;
