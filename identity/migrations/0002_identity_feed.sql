-- Whether a feed has been read to its end at least once: what it tells before that was there when nobody looked yet.
alter table identity_feed add column caught_up boolean not null default false;
update identity_feed set caught_up = true where cursor is not null;
