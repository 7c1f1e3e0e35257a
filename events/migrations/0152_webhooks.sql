-- Endpoints that are told of changes, each with a place of its own in the log. Who may send to one is whoever raised its
-- epoch last; nobody else may until `due`, so that an endpoint is told one thing at a time.

create table events_webhook (
  id uuid primary key,
  entity text collate "C" not null,
  url text collate "C" not null unique,
  description text,
  filter jsonb not null,
  registered_by text collate "C" not null,
  registered_at timestamptz not null default clock_timestamp(),
  -- It is told of what these may read.
  scopes text[] not null,
  -- [{"secret", "until"}], the current one first, which has no end.
  secrets jsonb not null,
  state text collate "C" not null default 'ACTIVE' check (state in ('ACTIVE', 'PAUSED', 'DISABLED')),
  -- Why it is disabled, in a word of the contract.
  reason text collate "C",
  -- All changes up to here were delivered, or are none of its own.
  position bigint not null,
  -- Attempts in a row that failed, all of them about one change, and when the first of them did.
  failures int not null default 0,
  failing_since timestamptz,
  -- Grows whenever what is to be sent becomes another thing: what was sent before does not move the position then.
  revision int not null default 0,
  due timestamptz not null default clock_timestamp(),
  leased boolean not null default false,
  epoch int not null default 0,
  attempts bigint not null default 0
);
create index events_webhook_due on events_webhook (due) where state = 'ACTIVE';

-- The last hundred attempts of each endpoint: a ring, so that it never grows.
create table events_delivery (
  webhook_id uuid not null references events_webhook on delete cascade,
  slot smallint not null,
  number bigint not null,
  message_id text collate "C" not null,
  -- Null for a test.
  position bigint,
  at timestamptz not null,
  -- Milliseconds.
  took int not null,
  -- Of HTTP; null where there was no answer.
  status int,
  -- Null where it was delivered.
  problem text collate "C",
  primary key (webhook_id, slot)
);
