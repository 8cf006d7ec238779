/**
 * A small server under attack: hostile peers send everything known to hurt to all of its ports, and a normal client must
 * not notice.
 */
@NullMarked
package dev.parley.interop.attack;

import org.jspecify.annotations.NullMarked;
