/**
 * The messages: a {@link dev.parley.oslo.message.Request} or {@link dev.parley.oslo.message.Reply} as JSON text in an
 * {@code Envelope}. Values stay text until their type is known. Knows no broker and no connection.
 */
@NullMarked
package dev.parley.oslo.message;

import org.jspecify.annotations.NullMarked;
