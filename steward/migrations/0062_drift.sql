-- Copies that are not as their owners' values.
insert into steward_kind values
  ('OWNERSHIP_VIOLATION', '24 hours'),
  ('DRIFT', '72 hours');
