/**
 * The subset of RabbitMQ's HTTP management API that tools read, and the deletion of queues and exchanges.
 */
@NullMarked
package dev.parley.broker.management;

import org.jspecify.annotations.NullMarked;
