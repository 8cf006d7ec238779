/**
 * Log records as notifications, for the bridges of logging libraries: a {@link
 * dev.parley.oslo.notify.bridge.log.LoggedRecord} holds what is sent, and a {@link
 * dev.parley.oslo.notify.bridge.log.RecordPublisher} sends it on a thread of its own. Not for users.
 */
@NullMarked
package dev.parley.oslo.notify.bridge.log;

import org.jspecify.annotations.NullMarked;
