/**
 * The server: finds the method of a call, binds its arguments, runs it and returns the outcome to the wire. Not an API.
 */
@NullMarked
package dev.parley.internal.server;

import org.jspecify.annotations.NullMarked;
