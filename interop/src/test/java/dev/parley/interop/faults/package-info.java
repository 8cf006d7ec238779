/**
 * Every wire through a network that breaks, peers that are killed, and more load than fits: each call ends once and in
 * time, none runs more often than it may, and nothing is left behind.
 */
@NullMarked
package dev.parley.interop.faults;

import org.jspecify.annotations.NullMarked;
