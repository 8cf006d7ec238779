/**
 * What all socket wires share: event loops and Unix-domain socket files.
 */
@NullMarked
package dev.parley.net.socket;

import org.jspecify.annotations.NullMarked;
