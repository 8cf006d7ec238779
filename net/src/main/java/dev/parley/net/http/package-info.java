/**
 * What HTTP servers and clients share: header fields, responses, Basic credentials and content codings.
 */
@NullMarked
package dev.parley.net.http;

import org.jspecify.annotations.NullMarked;
