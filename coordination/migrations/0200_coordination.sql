-- Governed writes. One customer is one queue: numbers are given under the lock of its row, and only the head is worked on.
create table coordination_queue (
  queue text collate "C" primary key,
  last_number bigint not null,
  -- Writes in the queue that are not over; the head is one of them.
  waiting int not null
);

create table coordination_write (
  id uuid primary key,
  queue text collate "C" not null,
  -- Place in the queue; null while it waits for an approval.
  number bigint,
  head boolean not null default false,
  state text collate "C" not null,
  lane text collate "C" not null,
  -- Grows with each claim: whoever holds an older one changes nothing.
  epoch int not null default 0,
  -- Who holds it; null where nobody does.
  worker uuid,
  -- Held: end of the lease. Otherwise: not before.
  due timestamptz not null default clock_timestamp(),
  -- Systems that are still to be asked.
  systems text[] not null,
  -- Whoever asked, whose key counts once; null for a copy, which has none.
  subject text collate "C",
  idempotency_key text collate "C" not null,
  body_hash text collate "C" not null,
  -- The write whose value this one copies.
  parent uuid,
  accepted_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  -- What was asked for, by whom and why, and the plan with the policy under which it was accepted.
  request jsonb not null
);
create unique index coordination_write_by_key on coordination_write (subject, idempotency_key);
create index coordination_write_to_claim on coordination_write (lane, due) where head;
create index coordination_write_in_queue on coordination_write (queue, number)
  where state in ('PENDING', 'RUNNING', 'COMPENSATING');
create index coordination_write_by_parent on coordination_write (parent) where parent is not null;
-- The queue of what is not a copy has the id of its entity.
create index coordination_write_by_entity on coordination_write (queue, id);
-- What is open is found by the index of queues, and almost all of the rest has succeeded.
create index coordination_write_by_state on coordination_write (state, id)
  where state in ('AWAITING_APPROVAL', 'REVIEW', 'PARTIAL', 'FAILED', 'CANCELLED');

-- A step is kept as it is decided on; what is searched by is derived from it.
create table coordination_step (
  write_id uuid not null references coordination_write on delete cascade,
  ordinal smallint not null,
  body jsonb not null,
  system text collate "C" generated always as (body ->> 'system') stored,
  state text collate "C" generated always as (body ->> 'state') stored,
  primary key (write_id, ordinal)
);
create index coordination_step_for_person on coordination_step (system, state) where state in ('DEAD', 'REVIEW', 'FAILED');

-- What a system bears, for all processes together. A row exists where there is something to bear in mind.
create table coordination_pressure (
  system text collate "C" primary key,
  -- No calls before this moment: it asked for it, or does not answer.
  paused_until timestamptz not null default '-infinity',
  -- Writes a second, and at once; null where there is no limit.
  rate double precision,
  burst double precision,
  tokens double precision not null default 0,
  refilled_at timestamptz not null default clock_timestamp(),
  -- Writes at a time; null where there is no limit.
  concurrency int
);
create index coordination_write_held on coordination_write (due) where worker is not null;

-- All functions are in PL/pgSQL, which keeps the plans of its statements; a function in SQL is planned with each call.

-- A write as a worker gets it.
create function coordination_shown(write coordination_write) returns jsonb language plpgsql stable as $$
begin
  return write.request || jsonb_build_object(
    'id', write.id, 'queue', write.queue, 'number', write.number, 'state', write.state, 'lane', write.lane,
    'epoch', write.epoch, 'parent', write.parent, 'acceptedAt', write.accepted_at, 'settledAt', write.settled_at,
    'steps', (select jsonb_agg(s.body order by s.ordinal) from coordination_step s where s.write_id = write.id));
end
$$;

-- Takes one write's share of what its systems bear. Where they do not, gives those that do not, and takes nothing.
create function coordination_admit(asked text[]) returns text[] language plpgsql as $$
declare
  pressure coordination_pressure;
  weary text[] := '{}';
  limited boolean := false;
  now timestamptz := clock_timestamp();
begin
  for pressure in
    select * from coordination_pressure where system = any(asked) order by system for update
  loop
    limited := limited or pressure.rate is not null;
    pressure.tokens := least(pressure.burst, pressure.tokens
      + extract(epoch from now - pressure.refilled_at) * pressure.rate);
    if pressure.paused_until > now or pressure.tokens < 1 or pressure.concurrency <= (
      select count(*) from coordination_write w
      where w.worker is not null and w.systems @> array[pressure.system] and w.due > now)
    then
      weary := weary || pressure.system;
    end if;
  end loop;
  if limited and weary = '{}' then
    update coordination_pressure set refilled_at = now, tokens = least(burst, tokens
        + extract(epoch from now - refilled_at) * rate) - 1
      where system = any(asked) and rate is not null;
  end if;
  return weary;
end
$$;

-- Takes a number at the end of a queue, whose row is locked from here on.
create function coordination_take_number(name text, out number bigint, out head boolean) language plpgsql as $$
begin
  insert into coordination_queue as q (queue, last_number, waiting) values (name, 1, 1)
    on conflict (queue) do update set last_number = q.last_number + 1, waiting = q.waiting + 1
    returning q.last_number, q.waiting = 1 into number, head;
end
$$;

-- Gives a place in a queue back. Where it was the head's, the next one becomes the head: nobody else's place may do that.
-- Tells whether one did.
create function coordination_leave(name text, place bigint, was_head boolean) returns boolean language plpgsql as $$
declare
  left_over int;
begin
  update coordination_queue set waiting = waiting - 1 where queue = name returning waiting into left_over;
  if was_head and left_over > 0 then
    update coordination_write set head = true where id = (
      select id from coordination_write
      where queue = name and number > place and state in ('PENDING', 'RUNNING', 'COMPENSATING')
      order by number limit 1);
  end if;
  return was_head and left_over > 0;
end
$$;

-- Accepts a write, once for each key of a caller, in this one statement. `seen` is the last number of the queue when the
-- records were read, null where they were not: what was read counts only where nothing has entered the queue since and
-- nothing was waiting there. With a `claimer` the write is held by it at once where it is the head.
create function coordination_accept(draft jsonb, steps jsonb, seen bigint, claimer uuid, lease interval)
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
  if settled is not null then
    perform coordination_leave(draft ->> 'queue', place, is_head);
  end if;
  return jsonb_build_object('state', first_state, 'number', place, 'epoch', held::int, 'acceptedAt', now,
    'settledAt', settled, 'fresh', fresh, 'claimed', held, 'now', extract(epoch from clock_timestamp()) * 1000);
end
$$;

-- Claims heads that are due, at most so many of each lane, oldest first, each with a new epoch. Those whose systems bear no
-- more now are passed over: however many of them there are, nobody else waits behind them.
create function coordination_claim(claimer uuid, lanes text[], shares int[], lease interval)
returns setof jsonb language plpgsql as $$
declare
  now timestamptz := clock_timestamp();
  weary text[] := array(select system from coordination_pressure where paused_until > now);
  refused text[];
  locked boolean := false;
  asked text;
  most int;
  candidate record;
  seen coordination_write;
  claimed coordination_write;
begin
  for asked, most in select * from unnest(lanes, shares) share (lane, most) where share.most > 0 loop
    for candidate in
      select id, systems from coordination_write
      where head and lane = asked and due <= now and not systems && weary order by due
    loop
      exit when most = 0;
      continue when candidate.systems && weary;
      if not locked then
        -- All that may be waited for, in the order in which everybody waits for it.
        perform from coordination_pressure order by system for update;
        locked := true;
      end if;
      select * into seen from coordination_write
        where id = candidate.id and head and due <= now for update skip locked;
      continue when not found;
      refused := coordination_admit(seen.systems);
      weary := weary || refused;
      continue when refused <> '{}';
      update coordination_write w set epoch = w.epoch + 1, worker = claimer, due = clock_timestamp() + lease,
          state = case when w.state = 'PENDING' then 'RUNNING' else w.state end
        where w.id = seen.id returning * into strict claimed;
      most := most - 1;
      return next coordination_shown(claimed) || jsonb_build_object(
        'takenOver', seen.worker is not null, 'now', extract(epoch from clock_timestamp()) * 1000);
    end loop;
  end loop;
end
$$;

-- Stores what has become of a write, only for its holder: null where another one holds it by now. `wait` in milliseconds
-- lets go of it until then; null keeps it, with a new lease. A state that is over takes it out of its queue; whether
-- something else may be begun for that, is told.
create function coordination_settle(asked uuid, held_epoch int, outcome text, steps jsonb, still text[],
  wait double precision, lease interval, copies jsonb)
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
create function coordination_requeue(asked uuid, seen_state text, seen_epoch int, steps jsonb, still text[], amended jsonb)
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
  return true;
end
$$;

-- Ends a write that nobody has begun; false where it is no longer as it was seen.
create function coordination_close(asked uuid, seen_state text, seen_epoch int, outcome text, amended jsonb)
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
  return true;
end
$$;
