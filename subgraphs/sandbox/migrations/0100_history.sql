-- What happened in the sandboxes, in the order in which it happened. Only inserted into: tests hold our own
-- receipts and events against it.
create table sandbox_history (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  entity text not null,
  key text not null,
  kind text not null,
  version bigint not null,
  wire_key text,
  body jsonb not null
);
