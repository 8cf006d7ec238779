/**
 * A wire within one JVM: {@code memory://name}. Values go through JSON, so that what works here works on other wires. A
 * target with a topic is not for this wire but for the in-memory broker of oslo.messaging, which shares the scheme. No
 * API.
 */
@NullMarked
package dev.parley.internal.inprocess;

import org.jspecify.annotations.NullMarked;
