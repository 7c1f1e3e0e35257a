-- While two customers become one, or one becomes two again, nothing new is written to either: what is accepted is decided
-- on by who the customer is. The row of a customer that was merged stays, so that nothing enters a queue that is nobody's.
create table coordination_barrier (
  -- The queue of the customer.
  entity_id text collate "C" primary key,
  -- The workflow that holds it: its own writes pass.
  workflow_id uuid not null
);
create index coordination_barrier_by_workflow on coordination_barrier (workflow_id);

-- What stands in the way of a workflow that wants to hold customers: `busy` is another one that has one of them in its hands,
-- `asked` are writes that wait for a person, of which nobody knows when they go on.
create function coordination_standing(asked_ids text[], holder uuid) returns jsonb language plpgsql stable as $$
begin
  return jsonb_build_object(
    'busy', (select w.id from coordination_workflow w
      where w.id is distinct from holder and w.state in ('RUNNING', 'PARKED')
        and (w.entity_id = any(asked_ids::uuid[])
          or w.id in (select workflow_id from coordination_barrier where entity_id = any(asked_ids)))
      order by w.id limit 1),
    'asked', (select coalesce(jsonb_agg(w.id order by w.id), '[]') from coordination_write w
      where w.queue = any(asked_ids) and w.state in ('AWAITING_APPROVAL', 'REVIEW')));
end
$$;

-- Puts the barrier up where no other workflow is in the way, and tells how much is still to run dry: whoever gets a place
-- in one of the queues has its row, and is in it when this comes by, or meets the barrier.
create function coordination_hold(asked_ids text[], holder uuid) returns jsonb language plpgsql as $$
declare
  one text;
  standing jsonb;
begin
  foreach one in array (select array_agg(id order by id collate "C") from unnest(asked_ids) id) loop
    insert into coordination_queue (queue, last_number, waiting) values (one, 0, 0) on conflict (queue) do nothing;
    perform from coordination_queue where queue = one for update;
  end loop;
  select coordination_standing(asked_ids, holder) into standing;
  if standing -> 'busy' = 'null' then
    -- One that is held by what is over was merged then.
    insert into coordination_barrier (entity_id, workflow_id) select id, holder from unnest(asked_ids) id
      on conflict (entity_id) do update set workflow_id = holder;
  end if;
  return standing || jsonb_build_object('left', (select coalesce(sum(q.waiting), 0) from unnest(asked_ids) id
    join coordination_queue q on q.queue >= id collate "C" and q.queue < (id || '0') collate "C"));
end
$$;

create function coordination_bar() returns trigger language plpgsql as $$
begin
  perform from coordination_barrier b where b.entity_id = new.queue
    and not (new.subject = 'coordination/workflows'
      and starts_with(new.idempotency_key, b.workflow_id || ':'));
  if found then
    raise exception using errcode = 'P0M01', message = 'the customer is being merged';
  end if;
  return new;
end
$$;
-- Whoever is given a place in a queue, for the first time or again. Copies follow what was accepted before.
create trigger coordination_barred before insert on coordination_write for each row
  when (new.subject is not null) execute function coordination_bar();
create trigger coordination_barred_again before update of number on coordination_write for each row
  when (new.subject is not null) execute function coordination_bar();
