/**
 * Where the versions of RabbitMQ differ: one class with a question for each difference. No other class compares
 * versions.
 */
@NullMarked
package dev.parley.broker.profile;

import org.jspecify.annotations.NullMarked;
