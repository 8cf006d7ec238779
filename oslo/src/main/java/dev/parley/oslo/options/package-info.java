/** The options of a transport URL. */
@NullMarked
package dev.parley.oslo.options;

import org.jspecify.annotations.NullMarked;
