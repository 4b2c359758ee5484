-- Rollbacks: which deployment's version a later one brought back, and the order of deployments.

alter table deployments add column sequence bigint generated always as identity;
alter table deployments add column restores text;
comment on column deployments.sequence is 'Order of the deployments; seconds are too coarse to roll back by.';
comment on column deployments.restores is 'The deployment whose version this one brought back; null for a version that was new.';
