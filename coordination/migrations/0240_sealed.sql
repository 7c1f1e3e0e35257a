-- By which secret the values of a customer are kept: made with the first of them, destroyed when the customer is erased. The
-- row stays then, so that no other secret is made in its place.
create table coordination_key (
  entity_id text collate "C" primary key,
  -- 32 bytes in base64; null where it was destroyed.
  secret text
);

-- The secret of an entity: the one that there is, or else the candidate. Null where it was destroyed.
create function coordination_secret(entity text, candidate text) returns text language plpgsql as $$
declare
  kept text;
begin
  select secret into kept from coordination_key where entity_id = entity;
  if not found then
    insert into coordination_key (entity_id, secret) values (entity, candidate) on conflict do nothing;
    select secret into strict kept from coordination_key where entity_id = entity;
  end if;
  return kept;
end
$$;

-- Accepts a write whose values are kept by the secret of its draft. Where that is not the secret of its entity, nothing is
-- stored: the one that is, is given.
create function coordination_accept_sealed(draft jsonb, steps jsonb, seen bigint, claimer uuid, lease interval)
returns jsonb language plpgsql as $$
declare
  kept text := coordination_secret(draft -> 'request' ->> 'entityId', draft ->> 'secret');
begin
  if kept is distinct from draft ->> 'secret' then
    return jsonb_build_object('secret', kept);
  end if;
  return coordination_accept(draft, steps, seen, claimer, lease);
end
$$;

-- A write as a worker gets it, with the secret of its values.
create or replace function coordination_shown(write coordination_write) returns jsonb language plpgsql stable as $$
begin
  return write.request || jsonb_build_object(
    'id', write.id, 'queue', write.queue, 'number', write.number, 'state', write.state, 'lane', write.lane,
    'epoch', write.epoch, 'parent', write.parent, 'acceptedAt', write.accepted_at, 'settledAt', write.settled_at,
    'secret', (select k.secret from coordination_key k where k.entity_id = write.request ->> 'entityId'),
    'steps', (select jsonb_agg(s.body order by s.ordinal) from coordination_step s where s.write_id = write.id));
end
$$;

-- The same of a workflow and what it remembers.
create or replace function coordination_workflow_shown(workflow coordination_workflow) returns jsonb language sql stable as $$
  select workflow.request || jsonb_build_object(
    'id', workflow.id, 'kind', workflow.kind, 'entity', workflow.entity, 'entityId', workflow.entity_id,
    'state', workflow.state, 'stage', workflow.stage, 'memory', workflow.memory, 'epoch', workflow.epoch,
    'cancelling', workflow.cancelling, 'startedAt', workflow.started_at, 'settledAt', workflow.settled_at,
    'secret', (select k.secret from coordination_key k where k.entity_id = workflow.entity_id::text))
$$;
