/** Servers with more calls than they may run: who waits, who is refused, and what peers are told. */
@NullMarked
package dev.parley.interop.overload;

import org.jspecify.annotations.NullMarked;
