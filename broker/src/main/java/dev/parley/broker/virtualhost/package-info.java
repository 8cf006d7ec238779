/**
 * Virtual hosts: the exchanges, queues and bindings under one name, declaring and deleting them, and routing.
 */
@NullMarked
package dev.parley.broker.virtualhost;

import org.jspecify.annotations.NullMarked;
