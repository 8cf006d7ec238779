package dev.parley.broker.connection;

import dev.parley.broker.auth.Access;
import dev.parley.broker.virtualhost.VirtualHost;

/**
 * What a client has once its handshake is complete: an open virtual host, and what its user may do there. Immutable,
 * but the checks of {@link Access} are used on the event loop only.
 */
record Session(VirtualHost virtualHost, Access access) {}
