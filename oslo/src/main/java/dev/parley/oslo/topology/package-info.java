/**
 * The exchanges and queues of oslo.messaging: their names and attributes, and which one a target means. Knows no
 * broker.
 */
@NullMarked
package dev.parley.oslo.topology;

import org.jspecify.annotations.NullMarked;
