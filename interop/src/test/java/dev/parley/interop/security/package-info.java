/** Authentication and authorization on every wire, with other people's clients. */
@NullMarked
package dev.parley.interop.security;

import org.jspecify.annotations.NullMarked;
