package dev.parley.oslo.notify;

/**
 * What has happened to the notifications of a notifier, counted once per topic and driver. Immutable.
 *
 * @param confirmed how many the broker has confirmed
 * @param failed how many were given up: too late, too many, or refused by the broker
 * @param waiting how many are in the outbox now, without those on disk
 * @param spilled how many are on disk now
 */
public record NotifierCounts(long confirmed, long failed, long waiting, long spilled) {}
