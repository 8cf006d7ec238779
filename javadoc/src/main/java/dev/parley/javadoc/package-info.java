/**
 * The Javadoc of methods at run time: {@link dev.parley.javadoc.JavadocProcessor} keeps it beside the compiled classes,
 * where a Parley server finds it for its introspection.
 */
@NullMarked
package dev.parley.javadoc;

import org.jspecify.annotations.NullMarked;
