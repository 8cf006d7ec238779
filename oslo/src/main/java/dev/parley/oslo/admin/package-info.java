/** Inspecting the queues of a running broker. */
@NullMarked
package dev.parley.oslo.admin;

import org.jspecify.annotations.NullMarked;
