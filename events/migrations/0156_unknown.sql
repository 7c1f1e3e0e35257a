-- Whether a steward has said that a record that nobody knows does not matter.
alter table events_unknown add column ignored boolean not null default false;
