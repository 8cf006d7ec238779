/** The embedded broker in JUnit tests. Requires JUnit Jupiter, which is not a dependency of the module. */
@NullMarked
package dev.parley.broker.junit;

import org.jspecify.annotations.NullMarked;
