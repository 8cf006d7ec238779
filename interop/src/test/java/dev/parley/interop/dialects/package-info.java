/**
 * What programs of the world send, byte by byte, against Parley's clients and servers: each file in the resource folder
 * {@code dialects} is one message, restated, with what is right; see its {@code README.md}.
 */
@NullMarked
package dev.parley.interop.dialects;

import org.jspecify.annotations.NullMarked;
