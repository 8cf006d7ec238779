/**
 * Policies: settings of queues and exchanges by the pattern of their names, as RabbitMQ has them. It knows which settings
 * there are, which values are valid, and which policy a queue or an exchange has; what a setting does is up to them.
 */
@NullMarked
package dev.parley.broker.policy;

import org.jspecify.annotations.NullMarked;
