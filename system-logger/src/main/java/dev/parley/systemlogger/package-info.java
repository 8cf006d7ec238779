/**
 * Publishes the records of {@link java.lang.System.Logger} as notifications, and passes all of them on to the loggers
 * that would get them otherwise. A module of its own, since a JVM uses any {@link java.lang.System.LoggerFinder} that it
 * finds: adding this one to the path is what turns it on.
 */
@NullMarked
package dev.parley.systemlogger;

import org.jspecify.annotations.NullMarked;
