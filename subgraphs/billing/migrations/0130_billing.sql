-- The billing system's sandbox. Nothing keeps two customers from naming the same account, as nothing does in real ones.
create table billing_customer (
  key text collate "C" primary key,
  body jsonb not null,
  external text generated always as (body -> 'metadata' ->> 'account') stored,
  version bigint not null default 1,
  created timestamptz not null default clock_timestamp(),
  modified timestamptz not null default clock_timestamp(),
  deleted boolean not null default false
);
create index billing_customer_external on billing_customer (external) where external is not null;
create index billing_customer_modified on billing_customer (modified, key);

-- Ordered by when they were made, in unix seconds: as text, so padded.
create table billing_invoice (
  key text collate "C" primary key,
  body jsonb not null,
  parent text not null generated always as (body ->> 'customer') stored,
  sort text collate "C" not null generated always as (lpad(body ->> 'created', 12, '0')) stored,
  version bigint not null default 1,
  created timestamptz not null default clock_timestamp(),
  modified timestamptz not null default clock_timestamp(),
  deleted boolean not null default false
);
create index billing_invoice_parent on billing_invoice (parent, sort, key);

create table billing_subscription (
  key text collate "C" primary key,
  body jsonb not null,
  parent text not null generated always as (body ->> 'customer') stored,
  sort text collate "C" not null generated always as (lpad(body ->> 'created', 12, '0')) stored,
  version bigint not null default 1,
  created timestamptz not null default clock_timestamp(),
  modified timestamptz not null default clock_timestamp(),
  deleted boolean not null default false
);
create index billing_subscription_parent on billing_subscription (parent, sort, key);

-- Answers to POSTs that came with an Idempotency-Key, given again for 24 hours. A row is stored in the transaction of
-- what it answers, so that there is never one without the other.
create table billing_idempotency (
  key text primary key,
  fingerprint text not null,
  status int not null,
  body jsonb not null,
  created timestamptz not null default clock_timestamp()
);
create index billing_idempotency_created on billing_idempotency (created);
