/**
 * A blocking HTTP/1.1 client for one address, with a pool of kept-alive connections.
 *
 * <p>Start at {@link dev.parley.net.http.client.HttpClient}. A call runs on the thread of its caller, platform or
 * virtual; no other thread is involved unless a write or a Unix-domain socket needs a watchdog.
 */
@NullMarked
package dev.parley.net.http.client;

import org.jspecify.annotations.NullMarked;
