/** A broker within this JVM, for tests and for the parts of one program. */
@NullMarked
package dev.parley.oslo.driver.memory;

import org.jspecify.annotations.NullMarked;
