-- Where a sandbox sends messages of what is done in it, and how far it has come in its history: what was done is its outbox.
create table sandbox_hook (
  name text collate "C" primary key,
  url text not null,
  secret text not null,
  -- The last happening that was sent, or need not be.
  sent bigint not null,
  failures int not null default 0,
  -- Not before.
  due timestamptz not null default clock_timestamp(),
  held_until timestamptz
);
