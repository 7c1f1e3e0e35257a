-- A write that waits for a person is a steward's work item, in the transaction in which it comes to that, and no longer
-- once it has left that state.

-- Raises the item of a write as it is. One write is one item, of the kind that takes most thought.
create function coordination_raise(write coordination_write) returns void language plpgsql as $$
declare
  asked record;
begin
  select
      case
        -- Nobody waits for a person but the whole: what was applied cannot be taken back, and another part was refused.
        when count(*) filter (where stuck) = 0 then 'FAILED_COMPENSATION'
        when bool_or(s.state = 'REVIEW' and s.body ->> 'versionAfter' is not null and code <> 'UNKNOWN_OUTCOME')
          then 'FAILED_COMPENSATION'
        when bool_or(s.state = 'REVIEW') then 'UNKNOWN_OUTCOME'
        when bool_or(s.state = 'DEAD' and code = 'VERSION_CONFLICT') then 'VERSION_CONFLICT'
        else 'DEAD_LETTER'
      end as kind,
      coalesce(jsonb_agg(distinct jsonb_build_object('customer', write.request ->> 'entityId', 'system', s.system))
        filter (where stuck), jsonb_agg(distinct jsonb_build_object('customer', write.request ->> 'entityId',
          'system', s.system))) as sides,
      coalesce(jsonb_agg(distinct code) filter (where code is not null), '[]') as codes,
      (select coalesce(jsonb_agg(distinct name order by name), '[]')
        from coordination_step of cross join lateral jsonb_object_keys(of.body -> 'changes') name
        where of.write_id = write.id and of.state not in ('UNCHANGED', 'SKIPPED')) as attributes
    into asked
    from coordination_step s
      cross join lateral (select s.body #>> '{cause,code}' as code, s.state in ('DEAD', 'REVIEW') as stuck) seen
    where s.write_id = write.id;
  perform steward_raise(jsonb_build_object('kind', asked.kind, 'key', write.id, 'entity', write.request ->> 'entity',
    'entityIds', jsonb_build_array(write.request ->> 'entityId'), 'sides', asked.sides,
    'evidence', jsonb_build_object('codes', asked.codes, 'attributes', asked.attributes,
      'correlationId', jsonb_build_array(write.request ->> 'correlationId')),
    'waiting', jsonb_build_object('write', write.id, 'epoch', write.epoch::text)));
end
$$;

create function coordination_tell_steward() returns trigger language plpgsql as $$
begin
  if new.state = 'REVIEW' then
    perform coordination_raise(new);
  else
    perform steward_close(kind, new.id::text, case when new.settled_at is null then 'TAKEN_UP' else 'ENDED' end)
      from unnest('{FAILED_COMPENSATION,UNKNOWN_OUTCOME,VERSION_CONFLICT,DEAD_LETTER}'::text[]) kind;
  end if;
  return null;
end
$$;

-- Deferred: the steps, which say what kind it is, are stored after their write.
create constraint trigger coordination_review after update of state on coordination_write
  deferrable initially deferred for each row
  when (old.state <> new.state and (old.state = 'REVIEW' or new.state = 'REVIEW'))
  execute function coordination_tell_steward();

select coordination_raise(w) from coordination_write w where state = 'REVIEW';
