-- Documents that clients may name by their id instead of sending them.
create table trusted_document (
  -- SHA-256 of the text, in hexadecimal.
  id text collate "C" primary key check (id ~ '^[0-9a-f]{64}$'),
  -- The same of the text without what means nothing in it: blanks, commas, comments.
  form text collate "C" not null check (form ~ '^[0-9a-f]{64}$'),
  document text not null,
  -- Of its operations; empty where they have none.
  names text[] not null,
  published_at timestamptz not null default now()
);
create index trusted_document_form on trusted_document (form);
