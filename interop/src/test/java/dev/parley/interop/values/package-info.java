/** Trees of values, made by a seeded generator, on every wire and across two. */
@NullMarked
package dev.parley.interop.values;

import org.jspecify.annotations.NullMarked;
