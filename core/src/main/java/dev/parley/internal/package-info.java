/** How the public interfaces of Parley are done. No API. */
@NullMarked
package dev.parley.internal;

import org.jspecify.annotations.NullMarked;
