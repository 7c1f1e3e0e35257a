-- The ERP's sandbox. Its clock knows whole seconds only, so many changes share one stamp.
create function erp_whole_second() returns trigger language plpgsql as $$
begin
  new.modified := date_trunc('second', new.modified);
  return new;
end $$;

create table erp_business_partner (
  key text collate "C" primary key check (key ~ '^[0-9]{10}$'),
  body jsonb not null,
  external text generated always as (body ->> 'ExternalReference') stored unique,
  version bigint not null default 1,
  created timestamptz not null default date_trunc('second', clock_timestamp()),
  modified timestamptz not null default date_trunc('second', clock_timestamp()),
  deleted boolean not null default false
);
create index erp_business_partner_modified on erp_business_partner (modified, key);

create trigger erp_business_partner_stamp before update on erp_business_partner
  for each row execute function erp_whole_second();

-- Numbers that the ERP assigns; those below are for partners that come with a number.
create sequence erp_business_partner_number start with 1000000000 maxvalue 9999999999;
