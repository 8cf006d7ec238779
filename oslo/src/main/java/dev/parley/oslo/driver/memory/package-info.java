/**
 * A broker in this JVM, for tests and for parts of one program.
 */
@NullMarked
package dev.parley.oslo.driver.memory;

import org.jspecify.annotations.NullMarked;
