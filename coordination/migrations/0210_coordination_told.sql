-- The change feed is told of the effects of a step when the step is stored, in the same statement, and not at all where it
-- is not. Without a notification: the sequencer looks by itself.
drop function coordination_settle(uuid, int, text, jsonb, text[], double precision, interval, jsonb);

-- Stores what has become of a write, only for its holder: null where another one holds it by now. `wait` in milliseconds
-- lets go of it until then; null keeps it, with a new lease. A state that is over takes it out of its queue; whether
-- something else may be begun for that, it gives back. `told` is what the effects of its steps are to the change feed.
create function coordination_settle(asked uuid, held_epoch int, outcome text, steps jsonb, still text[],
  wait double precision, lease interval, copies jsonb, told jsonb)
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
  for copy in select jsonb_array_elements(copies) loop
    perform coordination_accept(copy -> 'draft', copy -> 'steps', null, null, lease);
  end loop;
  if over then
    followed := coordination_leave(name, place, true) or followed;
  end if;
  return jsonb_build_object('settledAt', settled, 'followed', followed);
end
$$;
