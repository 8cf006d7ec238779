/** The embedded broker in JUnit tests. Needs JUnit Jupiter, which the module does not bring along. */
@NullMarked
package dev.parley.broker.junit;

import org.jspecify.annotations.NullMarked;
