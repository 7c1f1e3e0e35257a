-- A customer is erased: what was written about it stays as what became of it, and says nothing of what it was about.

-- The same members, and nothing in them.
create function coordination_emptied(members jsonb) returns jsonb language sql immutable as $$
  select case jsonb_typeof(members)
    when 'object' then (select coalesce(jsonb_object_agg(name, null), '{}') from jsonb_object_keys(members) name)
    else 'null'::jsonb end
$$;

create function coordination_step_emptied(body jsonb) returns jsonb language sql immutable as $$
  select body || jsonb_build_object(
    'changes', coordination_emptied(body -> 'changes'),
    'after', coordination_emptied(body -> 'after'),
    'before', case jsonb_typeof(body -> 'before')
      when 'object' then (body -> 'before') || jsonb_build_object(
        'values', coordination_emptied(body #> '{before,values}'), 'restore', null)
      else 'null'::jsonb end,
    'cause', case jsonb_typeof(body -> 'cause')
      when 'object' then jsonb_strip_nulls(jsonb_build_object('code', body #> '{cause,code}',
        'attribute', body #> '{cause,attribute}', 'message', 'It was erased with the customer.'))
      else 'null'::jsonb end)
$$;

-- All writes of these customers: those in their own queues, and in those of the copies of their values.
create function coordination_writes_of(entities text[]) returns setof coordination_write language sql stable as $$
  select w.* from unnest(entities) one (id)
    join coordination_write w on w.queue >= one.id collate "C" and w.queue < (one.id || '0') collate "C"
$$;

-- Leaves of everything that is kept of these customers names, owners, outcomes and times, and destroys the secrets of what
-- was kept of it elsewhere, but for one workflow: the one that erases them. Done again, it changes nothing.
create function coordination_forget(entities text[], but uuid) returns void language plpgsql as $$
begin
  insert into coordination_key (entity_id, secret) select unnest(entities), null
    on conflict (entity_id) do update set secret = null;
  update coordination_step s set body = coordination_step_emptied(s.body)
    from coordination_writes_of(entities) w where s.write_id = w.id;
  -- Reasons are what people wrote, and may say anything. By a hash of what was asked for, whoever guesses a value would know
  -- that it was right.
  update coordination_write w
    set body_hash = '', request = w.request || jsonb_build_object('reason', null, 'planHash', '')
      || case when jsonb_typeof(w.request -> 'approval') = 'object'
        then jsonb_build_object('approval', (w.request -> 'approval') || '{"reason": null}') else '{}' end
      || case when jsonb_typeof(w.request -> 'review') = 'object'
        then jsonb_build_object('review', (w.request -> 'review') || '{"reason": ""}') else '{}' end
    where w.id in (select id from coordination_writes_of(entities));
  update coordination_workflow
    set memory = 'null', body_hash = '', request = request || '{"reason": null}',
      cancelling = case when cancelling is not null then cancelling || '{"reason": null}' end
    where entity_id = any(entities::uuid[]) and id <> but;
  update coordination_workflow_event e set body_hash = null,
      body = case when e.body ->> 'event' in ('ANSWERED', 'APPROVED')
        then e.body || '{"message": "It was erased with the customer."}' else e.body end
    from coordination_workflow w
    where w.id = e.workflow_id and w.entity_id = any(entities::uuid[]) and w.id <> but;
end
$$;
