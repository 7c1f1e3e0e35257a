-- With what customers are compared, besides by what they are found: folded addresses, and telephone numbers and bank
-- accounts that are sealed with the store's secret. Records that were read before say nothing of them: see below.
alter table identity_customer
  add column addresses text[] not null default '{}',
  add column phones text[] not null default '{}',
  add column ibans text[] not null default '{}',
  -- Numbers of the blocks that the customer is in; null until somebody has computed them.
  add column blocks int8[];
alter table identity_facts
  add column addresses text[],
  add column phones text[],
  add column ibans text[];

create index identity_customer_without_blocks on identity_customer (id) where blocks is null and merged_into is null;

-- Which customers are in a block. In the order of the blocks, so that a sweep reads it from one end to the other, and so
-- that a block that is too large to say anything is left after its first few.
create table identity_block (
  key int8 not null,
  customer_id uuid not null,
  primary key (key, customer_id)
);

create function identity_keep_blocks() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from identity_block k
    using (
      select unnest(b.blocks) as key, b.id from before b where b.merged_into is null
      except
      select unnest(a.blocks), a.id from after a where a.merged_into is null
    ) gone
    where k.key = gone.key and k.customer_id = gone.id;
    insert into identity_block (key, customer_id)
      select unnest(a.blocks), a.id from after a where a.merged_into is null
      except
      select unnest(b.blocks), b.id from before b where b.merged_into is null;
  else
    insert into identity_block (key, customer_id)
      select unnest(a.blocks), a.id from after a where a.merged_into is null;
  end if;
  return null;
end
$$;

create trigger identity_blocks_inserted after insert on identity_customer
  referencing new table as after for each statement execute function identity_keep_blocks();
create trigger identity_blocks_updated after update on identity_customer
  referencing old table as before new table as after for each statement execute function identity_keep_blocks();

-- The feeds are read once more from their beginning, so that every record says what it did not say before. What comes
-- again changes nothing else.
update identity_feed set cursor = null;
