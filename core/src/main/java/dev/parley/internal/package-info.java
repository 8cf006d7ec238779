/** The implementation of the API. Not an API: it may change at any time. */
@NullMarked
package dev.parley.internal;

import org.jspecify.annotations.NullMarked;
