-- The CRM's sandbox: what a table finds a record by is derived from the record itself.
create table crm_account (
  key text collate "C" primary key,
  body jsonb not null,
  external text generated always as (body ->> 'AccountNumber') stored,
  parent text generated always as (body ->> 'ParentId') stored,
  sort text collate "C" generated always as (lower(body ->> 'Name')) stored,
  version bigint not null default 1,
  created timestamptz not null default clock_timestamp(),
  modified timestamptz not null default clock_timestamp(),
  deleted boolean not null default false
);
-- A deleted record does not keep its number from a new one.
create unique index crm_account_external on crm_account (external) where not deleted;
create index crm_account_modified on crm_account (modified, key);
create index crm_account_parent on crm_account (parent, sort, key) where parent is not null;

create table crm_contact (
  key text collate "C" primary key,
  body jsonb not null,
  external text generated always as (body ->> 'External_Id__c') stored,
  parent text not null generated always as (body ->> 'AccountId') stored,
  sort text collate "C" generated always as (lower(body ->> 'Name')) stored,
  version bigint not null default 1,
  created timestamptz not null default clock_timestamp(),
  modified timestamptz not null default clock_timestamp(),
  deleted boolean not null default false
);
create unique index crm_contact_external on crm_contact (external) where not deleted;
create index crm_contact_modified on crm_contact (modified, key);
create index crm_contact_parent on crm_contact (parent, sort, key);
