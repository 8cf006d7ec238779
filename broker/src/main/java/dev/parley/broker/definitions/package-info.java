/**
 * Definitions: users, virtual hosts, policies, queues, exchanges and bindings as RabbitMQ exports and imports them, as
 * JSON.
 */
@NullMarked
package dev.parley.broker.definitions;

import org.jspecify.annotations.NullMarked;
