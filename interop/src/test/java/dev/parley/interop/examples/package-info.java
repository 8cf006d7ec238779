/** Examples to copy, which the documentation links to, and their tests. */
@NullMarked
package dev.parley.interop.examples;

import org.jspecify.annotations.NullMarked;
