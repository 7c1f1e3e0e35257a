-- The steward's queue: what a machine must not decide. An item holds references, codes and names of attributes, and no
-- values: what there is to see is read through the graph when somebody looks.

-- What items there can be, and how long a person may take for one.
create table steward_kind (
  kind text collate "C" primary key,
  due interval not null
);
insert into steward_kind values
  ('FAILED_COMPENSATION', '4 hours'),
  ('UNKNOWN_OUTCOME', '4 hours'),
  ('VERSION_CONFLICT', '8 hours'),
  ('DEAD_LETTER', '8 hours'),
  ('ONBOARDING_QUESTION', '24 hours'),
  ('UNKNOWN_RECORD', '72 hours'),
  ('POSSIBLE_DUPLICATE', '120 hours');

create table steward_item (
  id uuid primary key,
  kind text collate "C" not null references steward_kind,
  -- What it is about, in the words of whoever raised it: one open item for each kind and key.
  key text collate "C" not null,
  entity text collate "C" not null,
  entity_ids text[] not null,
  -- [{"customer", "system", "key"}], each where it has one.
  sides jsonb not null,
  -- By name, a list of texts each.
  evidence jsonb not null,
  -- What waits for the decision, in the words of whoever continues it.
  waiting jsonb not null,
  -- The decisions that can be taken; null: all that its kind has.
  offered text[],
  state text collate "C" not null default 'OPEN' check (state in ('OPEN', 'PROPOSED', 'DECIDED', 'CLOSED')),
  assignee text collate "C",
  -- What was decided last, by whom, and what a second person said; null where nothing was, or it did not hold.
  decision jsonb,
  -- [{"at", "by", "event", …}], oldest first.
  history jsonb not null default '[]',
  raised_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null,
  closed_at timestamptz,
  -- What is decided is continued not before; null while nothing is.
  continue_at timestamptz,
  -- Grows whenever somebody takes it up to continue it: whoever has an older one settles nothing.
  epoch int not null default 0
);
create unique index steward_item_open on steward_item (kind, key) where state <> 'CLOSED';
create index steward_item_queue on steward_item (due_at, id) where state <> 'CLOSED';
create index steward_item_by_entity on steward_item using gin (entity_ids);
create index steward_item_to_continue on steward_item (continue_at) where state = 'DECIDED';

-- Each decision that was asked for, so that the same one sent again has one effect.
create table steward_decision (
  subject text collate "C" not null,
  idempotency_key text collate "C" not null,
  body_hash text collate "C" not null,
  item_id uuid not null,
  primary key (subject, idempotency_key)
);

-- Ids as in RFC 9562, version 7: in the order of time.
create function steward_id() returns uuid language plpgsql volatile as $$
declare
  milliseconds text := lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0');
begin
  return (substr(milliseconds, 1, 8) || '-' || substr(milliseconds, 9) || '-7' || substr(gen_random_uuid()::text, 16))::uuid;
end
$$;

-- Raises an item unless one of its kind and key is open, which stays as it is. An unknown kind is an error.
create function steward_raise(item jsonb, out id uuid, out raised boolean) language plpgsql as $$
declare
  fresh uuid := steward_id();
begin
  -- Not `do nothing`: one that is being closed at this moment is waited for, and another one raised then.
  insert into steward_item as i (id, kind, key, entity, entity_ids, sides, evidence, waiting, offered, due_at)
    select fresh, asked.kind, asked.key, asked.entity, asked."entityIds", asked.sides, asked.evidence,
      coalesce(asked.waiting, '{}'), asked.offered, clock_timestamp() + k.due
    from jsonb_to_record(item) as asked (kind text, key text, entity text, "entityIds" text[], sides jsonb,
        evidence jsonb, waiting jsonb, offered text[])
      left join steward_kind k on k.kind = asked.kind
    on conflict (kind, key) where state <> 'CLOSED' do update set key = excluded.key
    returning i.id, i.id = fresh into id, raised;
end
$$;

-- Closes the open item of a kind and key, because what it was about is over; gives its id, or null where none was open.
create function steward_close(asked_kind text, asked_key text, code text, out id uuid) language plpgsql as $$
begin
  update steward_item i set state = 'CLOSED', closed_at = clock_timestamp(), continue_at = null,
      history = history || jsonb_build_object('at', clock_timestamp(), 'by', null, 'event', 'CLOSED', 'code', code)
    where i.kind = asked_kind and i.key = asked_key and i.state <> 'CLOSED'
    returning i.id into id;
end
$$;
