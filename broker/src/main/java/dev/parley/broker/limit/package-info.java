/**
 * What the broker grants to clients, and the count of bytes that blocks publishers when it exceeds its limit.
 */
@NullMarked
package dev.parley.broker.limit;

import org.jspecify.annotations.NullMarked;
