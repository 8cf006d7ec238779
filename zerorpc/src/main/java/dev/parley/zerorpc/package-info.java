/** zerorpc over its own ZMTP sockets, both sides. */
@NullMarked
package dev.parley.zerorpc;

import org.jspecify.annotations.NullMarked;
