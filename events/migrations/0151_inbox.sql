-- Records that are to be read again, because somebody said that they may have changed. One row for each, however often it
-- was said: what a record is like is asked of its system, never taken from the messenger.
create table events_inbox (
  system text collate "C" not null,
  key text collate "C" not null,
  -- Who said so last.
  source text collate "C" not null,
  -- Attributes that are known to have changed below the record.
  touched text[] not null default '{}',
  -- Grows with everything that is said: what is said while the record is read is not taken for what was said before.
  hints bigint not null default 1,
  -- Readings of this record that failed by its own fault.
  attempts int not null default 0,
  -- Not before.
  due timestamptz not null,
  -- Who reads it, and until when nobody else does.
  held_by uuid,
  held_until timestamptz,
  -- When the oldest of it was said.
  hinted_at timestamptz not null default clock_timestamp(),
  primary key (system, key)
);
create index events_inbox_due on events_inbox (system, due);

-- Messages that were taken in: one that comes again has no effect.
create table events_message (
  system text collate "C" not null,
  message_id text collate "C" not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (system, message_id)
);
create index events_message_by_age on events_message (received_at);

-- Records that somebody told of, that nobody knows and that do not exist: for a person to look at.
create table events_unknown (
  system text collate "C" not null,
  key text collate "C" not null,
  source text collate "C" not null,
  times int not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (system, key)
);

-- How far a system's records are compared with those that are known, and when it was last done to the end.
create table events_sweep (
  system text collate "C" primary key,
  -- The last key that was compared; null between two sweeps.
  place text collate "C",
  -- Not before.
  due timestamptz not null default clock_timestamp(),
  held_by uuid,
  held_until timestamptz,
  -- Of the last sweep that came to its end: when, how many records it compared, and how many were gone.
  ended_at timestamptz,
  compared bigint not null default 0,
  gone bigint not null default 0
);
